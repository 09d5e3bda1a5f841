//! The adapters of gRPC: each takes a message to the pool, where the pure function of its method answers it from one snapshot.

use std::sync::Arc;

use tokio_stream::StreamExt;
use tonic::{Request, Response, Status, Streaming};

use super::changing::{delete, upsert};
use super::wire;
use super::wire::catalogue_service_server::CatalogueService;
use super::wire::market_service_server::MarketService;
use super::wire::matching_service_server::MatchingService;
use super::wire::skills_service_server::SkillsService;
use crate::rpc::{Answers, Context, stream_recommendations};

/// `MatchingService`.
pub struct Matching(pub Arc<Context>);

/// `SkillsService`.
pub struct Skills(pub Arc<Context>);

/// `CatalogueService`.
pub struct Catalogues(pub Arc<Context>);

/// `MarketService`.
pub struct Markets(pub Arc<Context>);

/// The answer of a method of gRPC.
type Answer<A> = Result<Response<A>, Status>;

#[tonic::async_trait]
impl MatchingService for Matching {
    async fn extract_demand(
        &self,
        request: Request<wire::ExtractDemandRequest>,
    ) -> Answer<wire::ExtractDemandResponse> {
        self.0.call(request, super::extract_demand).await
    }

    async fn analyse_gap(
        &self,
        request: Request<wire::AnalyseGapRequest>,
    ) -> Answer<wire::AnalyseGapResponse> {
        self.0.call(request, super::analyse_gap).await
    }

    async fn recommend_credentials(
        &self,
        request: Request<wire::RecommendCredentialsRequest>,
    ) -> Answer<wire::RecommendCredentialsResponse> {
        self.0.call(request, super::recommend_credentials).await
    }

    async fn plan_pathway(
        &self,
        request: Request<wire::PlanPathwayRequest>,
    ) -> Answer<wire::PlanPathwayResponse> {
        self.0.call(request, super::plan_pathway).await
    }

    async fn suggest_occupations(
        &self,
        request: Request<wire::SuggestOccupationsRequest>,
    ) -> Answer<wire::SuggestOccupationsResponse> {
        self.0.call(request, super::suggest_occupations).await
    }

    type StreamRecommendationsStream = Answers;

    async fn stream_recommendations(
        &self,
        request: Request<Streaming<wire::StreamRecommendationsRequest>>,
    ) -> Answer<Answers> {
        let requests = request.into_inner().map(|request| request.map(Ok));
        let context = Arc::clone(&self.0);
        Ok(Response::new(stream_recommendations(
            context,
            requests,
            |error| error,
        )))
    }
}

#[tonic::async_trait]
impl SkillsService for Skills {
    async fn search_skills(
        &self,
        request: Request<wire::SearchSkillsRequest>,
    ) -> Answer<wire::SearchSkillsResponse> {
        self.0.call(request, super::search_skills).await
    }

    async fn link_text(
        &self,
        request: Request<wire::LinkTextRequest>,
    ) -> Answer<wire::LinkTextResponse> {
        self.0.call(request, super::link_text).await
    }

    async fn get_skill(
        &self,
        request: Request<wire::GetSkillRequest>,
    ) -> Answer<wire::GetSkillResponse> {
        self.0.call(request, super::get_skill).await
    }

    async fn get_occupation(
        &self,
        request: Request<wire::GetOccupationRequest>,
    ) -> Answer<wire::GetOccupationResponse> {
        self.0.call(request, super::get_occupation).await
    }

    async fn list_narrower(
        &self,
        request: Request<wire::ListNarrowerRequest>,
    ) -> Answer<wire::ListNarrowerResponse> {
        self.0.call(request, super::list_narrower).await
    }
}

#[tonic::async_trait]
impl CatalogueService for Catalogues {
    async fn batch_upsert_credentials(
        &self,
        request: Request<wire::BatchUpsertCredentialsRequest>,
    ) -> Answer<wire::BatchUpsertCredentialsResponse> {
        let (answer, changed) = upsert(&self.0, request.into_inner(), Ok).await?;
        let mut answer = Response::new(answer);
        answer.extensions_mut().insert(changed);
        Ok(answer)
    }

    async fn batch_get_credentials(
        &self,
        request: Request<wire::BatchGetCredentialsRequest>,
    ) -> Answer<wire::BatchGetCredentialsResponse> {
        self.0.call(request, super::batch_get_credentials).await
    }

    async fn get_credential(
        &self,
        request: Request<wire::GetCredentialRequest>,
    ) -> Answer<wire::GetCredentialResponse> {
        self.0.call(request, super::get_credential).await
    }

    async fn delete_credential(
        &self,
        request: Request<wire::DeleteCredentialRequest>,
    ) -> Answer<wire::DeleteCredentialResponse> {
        let (answer, changed) = delete(&self.0, request.into_inner(), Ok).await?;
        let mut answer = Response::new(answer);
        answer.extensions_mut().insert(changed);
        Ok(answer)
    }

    async fn search_credentials(
        &self,
        request: Request<wire::SearchCredentialsRequest>,
    ) -> Answer<wire::SearchCredentialsResponse> {
        self.0.call(request, super::search_credentials).await
    }

    async fn check_credential(
        &self,
        request: Request<wire::CheckCredentialRequest>,
    ) -> Answer<wire::CheckCredentialResponse> {
        self.0.call(request, super::check_credential).await
    }

    async fn get_server_info(
        &self,
        request: Request<wire::GetServerInfoRequest>,
    ) -> Answer<wire::GetServerInfoResponse> {
        // Not on the pool: it costs next to nothing, and is asked when the pool is full.
        let answer = self
            .0
            .at_once(|view| super::get_server_info(view, request.into_inner()));
        Ok(Response::new(answer?))
    }
}

#[tonic::async_trait]
impl MarketService for Markets {
    async fn list_skill_demand(
        &self,
        request: Request<wire::ListSkillDemandRequest>,
    ) -> Answer<wire::ListSkillDemandResponse> {
        self.0.call(request, super::list_skill_demand).await
    }

    async fn list_occupation_demand(
        &self,
        request: Request<wire::ListOccupationDemandRequest>,
    ) -> Answer<wire::ListOccupationDemandResponse> {
        self.0.call(request, super::list_occupation_demand).await
    }
}
