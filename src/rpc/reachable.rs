//! Which occupations are within reach, over the wire.

use skillgap_catalogue::Catalogue;
use skillgap_credentials::credential::{Credential, text_in};
use skillgap_esco::OccupationId;

use super::decode::Check;
use super::page::Pages;
use super::{encode, wire};
use crate::config::Policy;
use crate::demand::Requirement;
use crate::engine::{self, FindReachable, FoundReachable, Watch};
use crate::error::Result;
use crate::limits::Limits;
use crate::occupations::{Needed, Reach, Reached, Wanted};

/// Occupations a page, and missing skills an occupation, where the caller does not say.
const TOP_K_USUAL: usize = 10;
const MISSING_USUAL: usize = 20;

/// Decodes, answers and encodes one request for occupations.
pub(super) fn reachable(
    catalogue: &Catalogue,
    limits: &Limits,
    policy: &Policy,
    request: &wire::ReachableOccupationsRequest,
    watch: &mut Watch,
) -> Result<wire::ReachableOccupationsResponse> {
    watch.enter("decode")?;
    let mut check = Check::new(catalogue, limits).under(policy);
    let without_token = wire::ReachableOccupationsRequest {
        page_token: String::new(),
        ..request.clone()
    };
    let pages = Pages::of(&without_token, &catalogue.manifest, limits);
    let profile = check.profile(request.profile.as_ref())?;
    let documents = check.take_documents();
    let filter = check.constraints(request.constraints.as_ref()).filter;
    let wanted = wanted(&mut check, request, &profile.occupations);
    let top_k = check.wanted("topK", request.top_k, TOP_K_USUAL, limits.top_k_max);
    let n_missing = check.wanted(
        "maxMissing",
        request.max_missing,
        MISSING_USUAL,
        limits.skills_demanded_max,
    );
    let offset = check.offset(&pages, &request.page_token);
    let language = check.label_language(&request.language);
    let carried_over = check.take_carried();
    check.done()?;
    let checked = FindReachable {
        profile,
        wanted,
        filter,
        offset,
        top_k: pages.size(offset, top_k),
    };
    let FoundReachable { page, total } = engine::reachable(catalogue, &checked, watch)?;
    watch.enter("encode")?;
    let shown = page.len();
    Ok(wire::ReachableOccupationsResponse {
        occupations: page
            .iter()
            .map(|(reached, credential)| {
                occupation(catalogue, reached, credential, n_missing, &language)
            })
            .collect(),
        total: total as u32,
        next_page_token: pages.next(offset, shown, total),
        snapshot: Some(encode::snapshot(catalogue)),
        documents: encode::held(catalogue, &documents, &language),
        refused_documents: encode::refused(
            documents.iter().map(|document| document.refused.as_slice()),
        ),
        carried_over,
    })
}

fn wanted(
    check: &mut Check<'_>,
    request: &wire::ReachableOccupationsRequest,
    own: &[OccupationId],
) -> Wanted {
    let mut excluded = check.occupations("excludedOccupations", &request.excluded_occupations);
    if !request.include_own {
        excluded.extend(own);
    }
    excluded.sort_unstable();
    Wanted {
        isco_groups: check.isco_groups("iscoGroups", &request.isco_groups),
        excluded,
        readiness_min: check
            .share("minReadiness", request.min_readiness)
            .unwrap_or_default(),
    }
}

fn occupation(
    catalogue: &Catalogue,
    reached: &Reached,
    credential: &Option<Credential>,
    n_missing: usize,
    language: &str,
) -> wire::ReachableOccupation {
    let id = reached.reachable.occupation;
    let wire::ConceptRef { uri, label } = encode::occupation_ref(catalogue, id, language);
    wire::ReachableOccupation {
        uri,
        label,
        isco_group: catalogue
            .esco
            .occupations
            .get(id.row())
            .map(|occupation| occupation.isco_group.clone())
            .unwrap_or_default(),
        readiness: reached.reachable.readiness,
        reach: reach(reached.reach).into(),
        n_essential: reached.n_essential as u32,
        n_essential_missing: reached.n_essential_missing as u32,
        missing: reached
            .missing
            .iter()
            .take(n_missing)
            .map(|needed| missing(catalogue, needed, language))
            .collect(),
        n_missing: reached.missing.len() as u32,
        shared: reached
            .shared
            .iter()
            .map(|skill| encode::skill_ref(catalogue, *skill, language))
            .collect(),
        lift: reached
            .lift
            .as_ref()
            .zip(credential.as_ref())
            .map(|(lift, credential)| wire::CredentialLift {
                credential_id: credential.id.clone(),
                title: text_in(&credential.title, language).to_owned(),
                readiness: lift.readiness,
                hours: credential.hours_at_most(),
                cost: credential.cost.as_ref().map(encode::money),
                asks_for_more: lift.asks_for_more,
            }),
    }
}

fn missing(catalogue: &Catalogue, needed: &Needed, language: &str) -> wire::MissingSkill {
    let wire::ConceptRef { uri, label } = encode::skill_ref(catalogue, needed.skill, language);
    let requirement = match needed.requirement {
        Requirement::Essential => wire::Requirement::Essential,
        Requirement::Optional => wire::Requirement::Optional,
    };
    wire::MissingSkill {
        uri,
        label,
        requirement: requirement.into(),
        held: needed.held,
    }
}

fn reach(reach: Reach) -> wire::Reach {
    match reach {
        Reach::Ready => wire::Reach::Ready,
        Reach::WithinReach => wire::Reach::WithinReach,
        Reach::LongerWay => wire::Reach::LongerWay,
        Reach::Far => wire::Reach::Far,
    }
}
