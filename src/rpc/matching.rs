//! The main job over the wire: what an ad asks for, what a person lacks, which credentials close the gap.

use std::sync::Arc;

use skillgap_catalogue::Catalogue;
use skillgap_credentials::day;
use tonic::{Request, Response, Status, Streaming};

use super::call::Context;
use super::cursor::{self, Shown};
use super::decode::{Check, TargetFields};
use super::reachable::reachable;
use super::stream::{Answers, recommend_stream};
use super::wire::matching_service_server::MatchingService;
use super::{encode, wire};
use crate::config::Policy;
use crate::demand::Options;
use crate::engine::{self, Recommend, Target, Watch};
use crate::error::Result;
use crate::explain::Words;
use crate::limits::Limits;
use crate::rank::After;

/// Recommendations a page where the caller does not say.
const TOP_K_USUAL: usize = 10;

/// `MatchingService`.
pub struct Matching(pub(super) Arc<Context>);

#[tonic::async_trait]
impl MatchingService for Matching {
    async fn extract_demand(
        &self,
        request: Request<wire::ExtractDemandRequest>,
    ) -> Result<Response<wire::ExtractDemandResponse>, Status> {
        self.0.call(request, extract_demand).await
    }

    async fn analyse_gap(
        &self,
        request: Request<wire::AnalyseGapRequest>,
    ) -> Result<Response<wire::AnalyseGapResponse>, Status> {
        self.0.call(request, analyse_gap).await
    }

    async fn recommend_credentials(
        &self,
        request: Request<wire::RecommendRequest>,
    ) -> Result<Response<wire::RecommendResponse>, Status> {
        self.0.call_under(request, recommend).await
    }

    async fn plan_pathway(
        &self,
        request: Request<wire::PlanPathwayRequest>,
    ) -> Result<Response<wire::PlanPathwayResponse>, Status> {
        self.0.call_under(request, plan_pathway).await
    }

    async fn reachable_occupations(
        &self,
        request: Request<wire::ReachableOccupationsRequest>,
    ) -> Result<Response<wire::ReachableOccupationsResponse>, Status> {
        self.0.call_under(request, reachable).await
    }

    type RecommendStreamStream = Answers;

    async fn recommend_stream(
        &self,
        request: Request<Streaming<wire::RecommendRequest>>,
    ) -> Result<Response<Answers>, Status> {
        Ok(recommend_stream(Arc::clone(&self.0), request))
    }
}

fn extract_demand(
    catalogue: &Catalogue,
    limits: &Limits,
    request: &wire::ExtractDemandRequest,
    watch: &mut Watch,
) -> Result<wire::ExtractDemandResponse> {
    watch.enter("decode")?;
    let mut check = Check::new(catalogue, limits);
    let ad = check.text("ad", &request.ad, limits.ad_bytes_max);
    let language = check.language("language", &request.language);
    let confidence_min = check
        .share("minConfidence", request.min_confidence)
        .unwrap_or(Options::default().confidence_min);
    let skills_max = check.wanted(
        "maxSkills",
        request.max_skills,
        limits.skills_demanded_max,
        limits.skills_demanded_max,
    );
    check.done()?;
    let options = Options {
        language: language.as_deref(),
        confidence_min,
        skills_max,
    };
    let target = ad.map_or(Target::Skills(Vec::new()), |ad| Target::Ad(ad, options));
    let demand = engine::demand(catalogue, &target, limits, watch)?;
    let about = engine::about(catalogue, &target, &demand, watch)?;
    watch.enter("encode")?;
    let labels = language.as_deref().unwrap_or(&demand.language);
    Ok(wire::ExtractDemandResponse {
        language: if demand.language.is_empty() {
            "und".to_owned()
        } else {
            demand.language.clone()
        },
        skills: encode::demand(catalogue, &demand, labels),
        occupations: about
            .iter()
            .map(|about| encode::ad_occupation(catalogue, about, labels))
            .collect(),
        unmatched: encode::spans(&demand.unmatched),
        snapshot: Some(encode::snapshot(catalogue)),
    })
}

fn analyse_gap(
    catalogue: &Catalogue,
    limits: &Limits,
    request: &wire::AnalyseGapRequest,
    watch: &mut Watch,
) -> Result<wire::AnalyseGapResponse> {
    watch.enter("decode")?;
    let mut check = Check::new(catalogue, limits);
    let target = check.target(TargetFields {
        ad: &request.ad,
        demand: &request.demand,
        occupation_uri: &request.occupation_uri,
    });
    let profile = check.profile(request.profile.as_ref())?;
    let documents = check.take_documents();
    let language = check.label_language(&request.language);
    let carried_over = check.take_carried();
    check.done()?;
    let (demand, _, gap) = engine::analyse(catalogue, &target, &profile, limits, watch)?;
    watch.enter("encode")?;
    Ok(wire::AnalyseGapResponse {
        demand: encode::demand(catalogue, &demand, &language),
        gap: encode::gap(catalogue, &gap, &language),
        readiness: gap.readiness(),
        snapshot: Some(encode::snapshot(catalogue)),
        documents: encode::held(catalogue, &documents, &language),
        refused_documents: encode::refused(
            documents.iter().map(|document| document.refused.as_slice()),
        ),
        carried_over,
    })
}

/// Decodes, answers and encodes one request for recommendations.
pub(super) fn recommend(
    catalogue: &Catalogue,
    limits: &Limits,
    policy: &Policy,
    request: &wire::RecommendRequest,
    watch: &mut Watch,
) -> Result<wire::RecommendResponse> {
    watch.enter("decode")?;
    let mut check = Check::new(catalogue, limits).under(policy);
    let without_token = wire::RecommendRequest {
        page_token: String::new(),
        ..request.clone()
    };
    let target = check.target(TargetFields {
        ad: &request.ad,
        demand: &request.demand,
        occupation_uri: &request.occupation_uri,
    });
    let profile = check.profile(request.profile.as_ref())?;
    let documents = check.take_documents();
    check.as_of(&request.as_of);
    let wanted = check.constraints(request.constraints.as_ref());
    let persona = check.persona(request.persona);
    let weights = check.weights(persona, &request.weights);
    let top_k = check.wanted("topK", request.top_k, TOP_K_USUAL, limits.top_k_max);
    let Shown { count, after } = check.shown(&without_token, &request.page_token);
    let language = check.label_language(&request.language);
    let carried_over = check.take_carried();
    check.done()?;
    let pathway = request.plan_pathway.then(|| wanted.budgets.clone());
    let top_k = top_k.min(limits.results_max.saturating_sub(count));
    let checked = Recommend {
        target,
        profile,
        filter: wanted.filter,
        persona,
        weights,
        pathway,
        after,
        top_k,
        language,
    };
    let recommended = engine::recommend(catalogue, &checked, limits, watch)?;
    watch.enter("encode")?;
    let language = &checked.language;
    let filter = &checked.filter;
    let count = count + recommended.recommendations.len();
    let more = recommended.n_after > 0 && count < limits.results_max;
    let last = recommended.recommendations.last().filter(|_| more);
    let last = last.map(|last| After {
        score: last.ranked.score(),
        id: last.credential.id.clone(),
    });
    Ok(wire::RecommendResponse {
        demand: encode::demand(catalogue, &recommended.demand, language),
        gap: encode::gap(catalogue, &recommended.gap, language),
        readiness: recommended.gap.readiness(),
        recommendations: recommended
            .recommendations
            .into_iter()
            .map(|one| encode::recommendation(catalogue, one, filter, request, language))
            .collect(),
        pathway: recommended.planned.map(|planned| {
            encode::pathway(planned, &wanted.budgets, filter.rates.as_deref(), language)
        }),
        esco_version: catalogue.manifest.esco_version.clone(),
        generation: catalogue.manifest.generation.clone(),
        commit: catalogue.manifest.commit,
        weights: encode::weights(&checked.weights),
        next_page_token: last
            .map(|last| cursor::after(&without_token, &catalogue.manifest.generation, count, last))
            .unwrap_or_default(),
        candidates: recommended.n_candidates as u32,
        as_of: day::format(filter.as_of_day).unwrap_or_default(),
        rates: filter
            .rates
            .as_ref()
            .map(|rates| rates.origin())
            .unwrap_or_default(),
        accreditors: filter
            .accreditors
            .as_ref()
            .map(|list| list.source().to_owned())
            .unwrap_or_default(),
        language: Words::of(language).code().to_owned(),
        notes: Words::note_on(language)
            .into_iter()
            .chain(recommended.on_nothing)
            .collect(),
        documents: encode::held(catalogue, &documents, language),
        refused_documents: encode::refused(
            documents.iter().map(|document| document.refused.as_slice()),
        ),
        carried_over,
        prior_learning: recommended
            .recognised
            .iter()
            .map(|one| encode::prior_learning(catalogue, one, language))
            .collect(),
    })
}

fn plan_pathway(
    catalogue: &Catalogue,
    limits: &Limits,
    policy: &Policy,
    request: &wire::PlanPathwayRequest,
    watch: &mut Watch,
) -> Result<wire::PlanPathwayResponse> {
    watch.enter("decode")?;
    let mut check = Check::new(catalogue, limits).under(policy);
    let target = check.target(TargetFields {
        ad: &request.ad,
        demand: &request.demand,
        occupation_uri: &request.occupation_uri,
    });
    let profile = check.profile(request.profile.as_ref())?;
    let documents = check.take_documents();
    check.as_of(&request.as_of);
    let wanted = check.constraints(request.constraints.as_ref());
    let persona = check.persona(request.persona);
    let weights = check.weights(persona, &request.weights);
    let language = check.label_language(&request.language);
    let carried_over = check.take_carried();
    check.done()?;
    let pathway = Some(wanted.budgets.clone());
    let checked = Recommend {
        target,
        profile,
        filter: wanted.filter,
        persona,
        weights,
        pathway,
        after: None,
        top_k: 0,
        language,
    };
    let advice = engine::plan_pathway(catalogue, &checked, limits, watch)?;
    watch.enter("encode")?;
    let (language, filter) = (&checked.language, &checked.filter);
    let pathway =
        |planned| encode::pathway(planned, &wanted.budgets, filter.rates.as_deref(), language);
    Ok(wire::PlanPathwayResponse {
        demand: encode::demand(catalogue, &advice.demand, language),
        gap: encode::gap(catalogue, &advice.gap, language),
        readiness: advice.gap.readiness(),
        pathway: Some(pathway(advice.planned)),
        alternatives: advice.alternatives.into_iter().map(pathway).collect(),
        prior_learning: advice
            .recognised
            .iter()
            .map(|one| encode::prior_learning(catalogue, one, language))
            .collect(),
        snapshot: Some(encode::snapshot(catalogue)),
        candidates: advice.n_candidates as u32,
        as_of: day::format(filter.as_of_day).unwrap_or_default(),
        rates: filter
            .rates
            .as_ref()
            .map(|rates| rates.origin())
            .unwrap_or_default(),
        accreditors: filter
            .accreditors
            .as_ref()
            .map(|list| list.source().to_owned())
            .unwrap_or_default(),
        language: Words::of(language).code().to_owned(),
        documents: encode::held(catalogue, &documents, language),
        refused_documents: encode::refused(
            documents.iter().map(|document| document.refused.as_slice()),
        ),
        carried_over,
    })
}
