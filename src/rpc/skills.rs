//! ESCO itself over the wire: search, link, look up.

use std::sync::Arc;

use skillgap_catalogue::Catalogue;
use skillgap_esco::NodeId;
use skillgap_esco::label_in;
use skillgap_linker::Query;
use tonic::{Request, Response, Status};

use super::call::Context;
use super::decode::Check;
use super::page::Pages;
use super::wire::skills_service_server::SkillsService;
use super::{encode, wire};
use crate::engine::Watch;
use crate::error::{Error, Result};
use crate::limits::Limits;

/// Hits and linked skills where the caller does not say.
const HITS_USUAL: usize = 10;
/// Concepts a page where the caller does not say.
const CONCEPTS_USUAL: usize = 50;
/// Hits of one search, on all pages: they are cut from one list of this length, so that pages fit together.
const HITS_MAX: usize = 200;
/// Narrower skills that are shown with a skill.
const NARROWER_SHOWN: usize = 100;

/// `SkillsService`.
pub struct Skills(pub(super) Arc<Context>);

#[tonic::async_trait]
impl SkillsService for Skills {
    async fn search_skills(
        &self,
        request: Request<wire::SearchSkillsRequest>,
    ) -> Result<Response<wire::SearchSkillsResponse>, Status> {
        self.0.call(request, search_skills).await
    }

    async fn link_text(
        &self,
        request: Request<wire::LinkTextRequest>,
    ) -> Result<Response<wire::LinkTextResponse>, Status> {
        self.0.call(request, link_text).await
    }

    async fn get_skill(
        &self,
        request: Request<wire::GetSkillRequest>,
    ) -> Result<Response<wire::GetSkillResponse>, Status> {
        self.0.call(request, get_skill).await
    }

    async fn get_occupation(
        &self,
        request: Request<wire::GetOccupationRequest>,
    ) -> Result<Response<wire::GetOccupationResponse>, Status> {
        self.0.call(request, get_occupation).await
    }

    async fn list_narrower(
        &self,
        request: Request<wire::ListNarrowerRequest>,
    ) -> Result<Response<wire::ListNarrowerResponse>, Status> {
        self.0.call(request, list_narrower).await
    }
}

fn search_skills(
    catalogue: &Catalogue,
    limits: &Limits,
    request: &wire::SearchSkillsRequest,
    watch: &mut Watch,
) -> Result<wire::SearchSkillsResponse> {
    watch.enter("decode")?;
    let mut check = Check::new(catalogue, limits);
    let pages = Pages::of(
        &wire::SearchSkillsRequest {
            page_token: String::new(),
            ..request.clone()
        },
        &catalogue.manifest,
        limits,
    );
    let typed = check.text("query", &request.query, limits.typed_bytes_max);
    let languages = check.languages("languages", &request.languages);
    let size = check.wanted("pageSize", request.page_size, HITS_USUAL, limits.top_k_max);
    let offset = check.offset(&pages, &request.page_token);
    check.done()?;
    watch.enter("search")?;
    let typed = typed.map_or("", |typed| typed.as_str());
    let found = catalogue
        .concepts
        .search(&catalogue.esco, typed, &languages, HITS_MAX)?;
    watch.enter("encode")?;
    let page = found.iter().skip(offset).take(pages.size(offset, size));
    let hits: Vec<wire::SkillHit> = page
        .map(|hit| wire::SkillHit {
            uri: catalogue.skill_uri(hit.skill).to_owned(),
            label: catalogue.skill_label(hit.skill, &hit.language).to_owned(),
            language: hit.language.clone(),
            score: f64::from(hit.score),
            skill_type: encode::skill_type(
                catalogue
                    .esco
                    .skills
                    .get(hit.skill.row())
                    .map(|skill| skill.skill_type)
                    .unwrap_or_default(),
            )
            .into(),
        })
        .collect();
    let next_page_token = pages.next(offset, hits.len(), found.len());
    Ok(wire::SearchSkillsResponse {
        hits,
        next_page_token,
        snapshot: Some(encode::snapshot(catalogue)),
    })
}

fn link_text(
    catalogue: &Catalogue,
    limits: &Limits,
    request: &wire::LinkTextRequest,
    watch: &mut Watch,
) -> Result<wire::LinkTextResponse> {
    watch.enter("decode")?;
    let mut check = Check::new(catalogue, limits);
    let text = check.text("text", &request.text, limits.text_bytes_max);
    let language = check.language("language", &request.language);
    let top_k = check.wanted("topK", request.top_k, HITS_USUAL, limits.top_k_max);
    check.done()?;
    watch.enter("link")?;
    let query = Query {
        text: text.map_or("", |text| text.as_str()),
        language: language.as_deref(),
    };
    let linked = catalogue.linker.link(query, top_k);
    watch.enter("encode")?;
    let skills = linked.into_iter().map(|linked| wire::LinkedSkill {
        uri: catalogue.skill_uri(linked.skill).to_owned(),
        label: catalogue
            .skill_label(linked.skill, language.as_deref().unwrap_or_default())
            .to_owned(),
        score: f64::from(linked.score),
        confidence: f64::from(linked.confidence),
    });
    Ok(wire::LinkTextResponse {
        skills: skills.collect(),
        snapshot: Some(encode::snapshot(catalogue)),
    })
}

fn get_skill(
    catalogue: &Catalogue,
    limits: &Limits,
    request: &wire::GetSkillRequest,
    watch: &mut Watch,
) -> Result<wire::GetSkillResponse> {
    watch.enter("decode")?;
    let mut check = Check::new(catalogue, limits);
    let language = check.label_language(&request.language);
    let row = catalogue
        .esco
        .skill_by_uri(&check.uri_that_counts("uri", &request.uri));
    check.not_empty("uri", &request.uri);
    let carried_over = check.take_carried();
    check.done()?;
    watch.enter("look up")?;
    let not_found = Error::NotFound { field: "uri" };
    let Some((row, skill)) = row.and_then(|row| Some((row, catalogue.esco.skills.get(row.row())?)))
    else {
        return Err(not_found);
    };
    let descriptions = catalogue.concepts.descriptions(&skill.uri)?;
    let (graph, node) = (&catalogue.graph, NodeId(row.0));
    let (essential_occupations, optional_occupations) = graph.occupation_counts(row);
    watch.enter("encode")?;
    Ok(wire::GetSkillResponse {
        uri: skill.uri.clone(),
        skill_type: encode::skill_type(skill.skill_type).into(),
        reuse_level: encode::reuse_level(skill.reuse_level).into(),
        status: skill.status.clone(),
        labels: encode::labels(&skill.labels),
        descriptions: encode::texts(&descriptions),
        broader: graph
            .broader(node)
            .map(|node| encode::node_ref(catalogue, node, &language))
            .collect(),
        narrower: graph
            .narrower(node)
            .take(NARROWER_SHOWN)
            .map(|node| encode::node_ref(catalogue, node, &language))
            .collect(),
        essential_for_this: graph
            .essential_for(row)
            .map(|skill| encode::skill_ref(catalogue, skill, &language))
            .collect(),
        optional_for_this: graph
            .optional_for(row)
            .map(|skill| encode::skill_ref(catalogue, skill, &language))
            .collect(),
        collections: skill
            .collections
            .iter()
            .map(|collection| collection.name().to_owned())
            .collect(),
        essential_occupations,
        optional_occupations,
        snapshot: Some(encode::snapshot(catalogue)),
        carried_over,
    })
}

fn get_occupation(
    catalogue: &Catalogue,
    limits: &Limits,
    request: &wire::GetOccupationRequest,
    watch: &mut Watch,
) -> Result<wire::GetOccupationResponse> {
    watch.enter("decode")?;
    let mut check = Check::new(catalogue, limits);
    let language = check.label_language(&request.language);
    let row = catalogue
        .esco
        .occupation_by_uri(&check.uri_that_counts("uri", &request.uri));
    check.not_empty("uri", &request.uri);
    let carried_over = check.take_carried();
    check.done()?;
    watch.enter("look up")?;
    let not_found = Error::NotFound { field: "uri" };
    let Some(occupation) = row.and_then(|row| catalogue.esco.occupations.get(row.row())) else {
        return Err(not_found);
    };
    let groups = &catalogue.esco.isco_groups;
    let group = groups
        .binary_search_by(|group| group.code.cmp(&occupation.isco_group))
        .ok()
        .and_then(|at| groups.get(at));
    let descriptions = catalogue.concepts.descriptions(&occupation.uri)?;
    watch.enter("encode")?;
    Ok(wire::GetOccupationResponse {
        uri: occupation.uri.clone(),
        label: label_in(&occupation.labels, &language)
            .unwrap_or_default()
            .to_owned(),
        isco_group: occupation.isco_group.clone(),
        isco_group_label: group
            .and_then(|group| label_in(&group.labels, &language))
            .unwrap_or_default()
            .to_owned(),
        labels: encode::labels(&occupation.labels),
        descriptions: encode::texts(&descriptions),
        essential: occupation
            .essential
            .iter()
            .map(|skill| encode::skill_ref(catalogue, *skill, &language))
            .collect(),
        optional: occupation
            .optional
            .iter()
            .map(|skill| encode::skill_ref(catalogue, *skill, &language))
            .collect(),
        snapshot: Some(encode::snapshot(catalogue)),
        carried_over,
    })
}

fn list_narrower(
    catalogue: &Catalogue,
    limits: &Limits,
    request: &wire::ListNarrowerRequest,
    watch: &mut Watch,
) -> Result<wire::ListNarrowerResponse> {
    watch.enter("decode")?;
    let mut check = Check::new(catalogue, limits);
    let pages = Pages::of(
        &wire::ListNarrowerRequest {
            page_token: String::new(),
            ..request.clone()
        },
        &catalogue.manifest,
        limits,
    );
    let nodes = below(catalogue, &check.uri_that_counts("uri", &request.uri));
    let carried_over = check.take_carried();
    if nodes.is_none() {
        check.missing("uri");
    }
    let size = check.wanted(
        "pageSize",
        request.page_size,
        CONCEPTS_USUAL,
        limits.top_k_max,
    );
    let offset = check.offset(&pages, &request.page_token);
    let language = check.label_language(&request.language);
    check.done()?;
    watch.enter("look up")?;
    let mut concepts: Vec<(&str, &str, NodeId)> = nodes
        .unwrap_or_default()
        .into_iter()
        .map(|node| labelled(catalogue, node, &language))
        .collect();
    concepts.sort_unstable();
    watch.enter("encode")?;
    let page = concepts
        .iter()
        .skip(offset)
        .take(pages.size(offset, size))
        .map(|(label, uri, node)| wire::NarrowerConcept {
            uri: (*uri).to_owned(),
            label: (*label).to_owned(),
            group: catalogue.graph.as_skill(*node).is_none(),
            narrower: catalogue.graph.narrower(*node).count() as u32,
        });
    let page: Vec<wire::NarrowerConcept> = page.collect();
    let next_page_token = pages.next(offset, page.len(), concepts.len());
    Ok(wire::ListNarrowerResponse {
        concepts: page,
        next_page_token,
        snapshot: Some(encode::snapshot(catalogue)),
        carried_over,
    })
}

/// Label, URI and node, in the order of sorting.
fn labelled<'a>(
    catalogue: &'a Catalogue,
    node: NodeId,
    language: &str,
) -> (&'a str, &'a str, NodeId) {
    let (uri, label) = catalogue.node(node, language);
    (label, uri, node)
}

/// The nodes directly below a URI; the groups that nothing is above for an empty one; nothing for an unknown one.
fn below(catalogue: &Catalogue, uri: &str) -> Option<Vec<NodeId>> {
    let graph = &catalogue.graph;
    if !uri.is_empty() {
        return Some(graph.narrower(catalogue.esco.node_by_uri(uri)?).collect());
    }
    let n_skills = catalogue.esco.skills.len();
    let groups = (n_skills..n_skills + catalogue.esco.groups.len()).map(|node| NodeId(node as u32));
    Some(
        groups
            .filter(|node| graph.broader(*node).next().is_none())
            .collect(),
    )
}
