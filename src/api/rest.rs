//! The adapters of REST: each reads a request in proto JSON, has the pure function of its method answer it, and writes the answer. All three on
//! the pool, since JSON takes longer than the encoding of gRPC.

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use tonic::Status;

use super::changing::{delete, upsert};
use super::json::{read_bytes, read_fields, with_json_names, write_bytes};
use super::{View, wire};
use crate::error::{Error, Result};
use crate::rpc::{Context, Method, Rpc};
use crate::serve::audit::Changed;
use crate::serve::pool::Place;

/// Where a request stands.
pub enum Said {
    /// In the body.
    Body(Bytes),
    /// In path and query.
    Fields(Map<String, Value>),
}

impl Said {
    fn read<Q: DeserializeOwned>(self) -> Result<Q> {
        match self {
            Self::Body(bytes) => read_bytes(&bytes),
            Self::Fields(fields) => read_fields(fields),
        }
    }
}

/// Answers a request of a method with one message, and says what it changed. Those that need no place on the pool get none.
///
/// # Errors
/// What the method says, with the names of JSON; RESOURCE_EXHAUSTED for an answer that is too large.
pub async fn answer(
    context: &Context,
    rpc: Rpc,
    place: Option<Place>,
    said: Said,
) -> Result<(Bytes, Option<Changed>), Status> {
    let mut changed = None;
    let call = Call {
        context,
        place,
        said,
    };
    let answered = match rpc {
        Rpc::ExtractDemand => call.run(super::extract_demand).await,
        Rpc::AnalyseGap => call.run(super::analyse_gap).await,
        Rpc::RecommendCredentials => call.run(super::recommend_credentials).await,
        Rpc::PlanPathway => call.run(super::plan_pathway).await,
        Rpc::SuggestOccupations => call.run(super::suggest_occupations).await,
        Rpc::SearchSkills => call.run(super::search_skills).await,
        Rpc::LinkText => call.run(super::link_text).await,
        Rpc::GetSkill => call.run(super::get_skill).await,
        Rpc::GetOccupation => call.run(super::get_occupation).await,
        Rpc::ListNarrower => call.run(super::list_narrower).await,
        Rpc::BatchGetCredentials => call.run(super::batch_get_credentials).await,
        Rpc::GetCredential => call.run(super::get_credential).await,
        Rpc::SearchCredentials => call.run(super::search_credentials).await,
        Rpc::CheckCredential => call.run(super::check_credential).await,
        Rpc::ListSkillDemand => call.run(super::list_skill_demand).await,
        Rpc::ListOccupationDemand => call.run(super::list_occupation_demand).await,
        Rpc::BatchUpsertCredentials => {
            let made = upsert(context, call.said, Said::read).await;
            made.and_then(|(made, of)| {
                changed = Some(of);
                write_bytes(&made)
            })
        }
        Rpc::DeleteCredential => {
            let made = delete(context, call.said, Said::read).await;
            made.and_then(|(made, of)| {
                changed = Some(of);
                write_bytes(&made)
            })
        }
        Rpc::GetServerInfo => {
            let request = call.said.read();
            let info = |view: &View<'_>| super::get_server_info(view, request?);
            context.at_once(info).and_then(|info| write_bytes(&info))
        }
        // A stream has a way of its own.
        Rpc::StreamRecommendations => Err(Error::Internal),
    };
    let answer = answered.map_err(with_json_names)?;
    let most = context.limits.answer_bytes_max;
    if answer.len() > most {
        let message = format!("the answer is larger than {most} bytes");
        return Err(Status::resource_exhausted(message));
    }
    Ok((answer.into(), changed))
}

/// A request with its place.
struct Call<'c> {
    context: &'c Context,
    place: Option<Place>,
    said: Said,
}

impl Call<'_> {
    async fn run<Q, A>(self, method: Method<Q, A>) -> Result<Vec<u8>>
    where
        Q: DeserializeOwned + Send + 'static,
        A: Serialize + Send + 'static,
    {
        let place = self.place.ok_or(Error::Internal)?;
        let job = move |view: &View<'_>, said: Said| write_bytes(&method(view, said.read()?)?);
        self.context.answer(place, self.said, job).await
    }
}

/// Reads one request of a feed.
///
/// # Errors
/// [`Error::Invalid`] with the path of the first fault of form.
pub fn read_line(line: &[u8]) -> Result<wire::StreamRecommendationsRequest> {
    read_bytes(line)
}

/// Writes one answer of a feed as a line.
///
/// # Errors
/// RESOURCE_EXHAUSTED for an answer of more than `bytes_max`.
pub fn write_line(
    answer: &wire::StreamRecommendationsResponse,
    bytes_max: usize,
) -> Result<Bytes, Status> {
    let mut line = write_bytes(answer)?;
    if line.len() > bytes_max {
        let message = format!("the answer is larger than {bytes_max} bytes");
        return Err(Status::resource_exhausted(message));
    }
    line.push(b'\n');
    Ok(line.into())
}
