//! Credentials over the wire: look up, search, compare; and what the service runs on.

use std::collections::BTreeSet;
use std::sync::Arc;

use skillgap_catalogue::Catalogue;
use skillgap_catalogue::{STARTER_ATTRIBUTION, Search};
use tonic::{Request, Response, Status, Streaming};

use super::call::Context;
use super::compare::compare;
use super::cursor;
use super::decode::Check;
use super::transparency::check_credential;
use super::wire::catalogue_service_server::CatalogueService;
use super::{encode, upsert, wire};
use crate::config::Policy;
use crate::engine::Watch;
use crate::error::{Error, Result};
use crate::limits::Limits;

/// Hits a page where the caller does not say.
const HITS_USUAL: usize = 20;
/// The language of labels where the contract has no field for it.
const LANGUAGE: &str = "en";

/// `CatalogueService`.
pub struct Catalogues(pub(super) Arc<Context>);

#[tonic::async_trait]
impl CatalogueService for Catalogues {
    async fn get_credential(
        &self,
        request: Request<wire::GetCredentialRequest>,
    ) -> Result<Response<wire::GetCredentialResponse>, Status> {
        self.0.call(request, get_credential).await
    }

    async fn search_credentials(
        &self,
        request: Request<wire::SearchCredentialsRequest>,
    ) -> Result<Response<wire::SearchCredentialsResponse>, Status> {
        self.0.call_under(request, search_credentials).await
    }

    async fn compare_credentials(
        &self,
        request: Request<wire::CompareCredentialsRequest>,
    ) -> Result<Response<wire::CompareCredentialsResponse>, Status> {
        self.0.call(request, compare_credentials).await
    }

    async fn check_credential(
        &self,
        request: Request<wire::CheckCredentialRequest>,
    ) -> Result<Response<wire::CheckCredentialResponse>, Status> {
        self.0.call(request, check_credential).await
    }

    async fn upsert_credentials(
        &self,
        request: Request<Streaming<wire::UpsertCredentialsRequest>>,
    ) -> Result<Response<wire::UpsertCredentialsResponse>, Status> {
        upsert::upsert(&self.0, request).await
    }

    async fn delete_credential(
        &self,
        request: Request<wire::DeleteCredentialRequest>,
    ) -> Result<Response<wire::DeleteCredentialResponse>, Status> {
        upsert::delete(&self.0, request).await
    }

    async fn get_status(
        &self,
        _: Request<wire::GetStatusRequest>,
    ) -> Result<Response<wire::GetStatusResponse>, Status> {
        // Not on the pool: it costs next to nothing, and is asked when the pool is full.
        Ok(Response::new(status(&self.0.snapshots.pin())))
    }
}

fn get_credential(
    catalogue: &Catalogue,
    limits: &Limits,
    request: &wire::GetCredentialRequest,
    watch: &mut Watch,
) -> Result<wire::GetCredentialResponse> {
    watch.enter("decode")?;
    let mut check = Check::new(catalogue, limits);
    let found = catalogue.credentials.get(&request.id)?;
    check.not_empty("id", &request.id);
    check.done()?;
    let Some(credential) = found else {
        return Err(Error::NotFound { field: "id" });
    };
    watch.enter("encode")?;
    let credential = encode::credential(catalogue, &credential, LANGUAGE);
    Ok(wire::GetCredentialResponse {
        credential: Some(credential),
        snapshot: Some(encode::snapshot(catalogue)),
    })
}

fn search_credentials(
    catalogue: &Catalogue,
    limits: &Limits,
    policy: &Policy,
    request: &wire::SearchCredentialsRequest,
    watch: &mut Watch,
) -> Result<wire::SearchCredentialsResponse> {
    watch.enter("decode")?;
    let mut check = Check::new(catalogue, limits).under(policy);
    let without_token = wire::SearchCredentialsRequest {
        page_token: String::new(),
        ..request.clone()
    };
    let text = check.optional_text("text", &request.text, limits.query_bytes_max);
    let skills = check.skills("skillUris", &request.skill_uris, limits.skills_demanded_max);
    let filter = check.constraints(request.constraints.as_ref()).filter;
    let size = check.wanted("pageSize", request.page_size, HITS_USUAL, limits.top_k_max);
    let sectors = check.names("sectors", &request.sectors);
    let sort = check.order(request.order);
    let after = check.cursor(&without_token, &request.page_token);
    let carried_over = check.take_carried();
    check.done()?;
    watch.enter("search")?;
    let text = text.map_or("", |text| text.as_str());
    let search = Search {
        text,
        skills: &skills,
        filter: &filter,
        sectors: &sectors,
        sort,
        after: after.as_ref(),
        limit: size,
        facets: request.facets,
    };
    let found = catalogue.credentials.search(&search)?;
    watch.enter("encode")?;
    let credentials: Vec<wire::Credential> = found
        .credentials
        .iter()
        .map(|found| encode::credential(catalogue, found, LANGUAGE))
        .collect();
    let next_page_token = found
        .next
        .map(|place| cursor::token(&without_token, &place))
        .unwrap_or_default();
    Ok(wire::SearchCredentialsResponse {
        credentials,
        total: found.total as u32,
        next_page_token,
        snapshot: Some(encode::snapshot(catalogue)),
        facets: found.facets.into_iter().map(encode::facet).collect(),
        carried_over,
    })
}

fn compare_credentials(
    catalogue: &Catalogue,
    limits: &Limits,
    request: &wire::CompareCredentialsRequest,
    watch: &mut Watch,
) -> Result<wire::CompareCredentialsResponse> {
    watch.enter("decode")?;
    let mut check = Check::new(catalogue, limits);
    if request.ids.len() < 2 {
        check.refuse("ids", "must name at least 2 credentials");
    }
    let mut seen = BTreeSet::new();
    for (at, id) in request.ids.iter().enumerate().take(limits.compared_max) {
        if !seen.insert(id) {
            check.refuse(format!("ids[{at}]"), "stands there twice");
        }
    }
    let credentials = check.credentials("ids", &request.ids, limits.compared_max)?;
    let language = check.label_language(&request.language);
    check.done()?;
    watch.enter("compare")?;
    let fields = compare(catalogue, &credentials, &language);
    Ok(wire::CompareCredentialsResponse {
        ids: request.ids.clone(),
        fields,
        snapshot: Some(encode::snapshot(catalogue)),
    })
}

fn status(catalogue: &Catalogue) -> wire::GetStatusResponse {
    let manifest = &catalogue.manifest;
    // The first of the sources is ESCO, which every generation holds.
    let attribution = if manifest.starter {
        &STARTER_ATTRIBUTION[..]
    } else {
        &STARTER_ATTRIBUTION[..1]
    };
    wire::GetStatusResponse {
        snapshot: Some(encode::snapshot(catalogue)),
        service_version: env!("CARGO_PKG_VERSION").to_owned(),
        starter_data: manifest.starter,
        counts: manifest
            .counts
            .iter()
            .map(|(name, value)| wire::Count {
                name: name.clone(),
                value: *value,
            })
            .collect(),
        languages: manifest.languages.clone(),
        attribution: attribution
            .iter()
            .map(|source| (*source).to_owned())
            .collect(),
        encoder_version: manifest.encoder_version.clone(),
    }
}
