//! SkillsService: ESCO itself, to search, link and look up.

use skillgap_catalogue::Catalogue;
use skillgap_esco::NodeId;
use skillgap_linker::Query;
use skillgap_linker::detect::detect_language;

use super::check::Check;
use super::page::{Pages, Place};
use super::present::{self, Presenter};
use super::{View, wire};
use crate::error::{Error, Resource, Result};

/// Hits and linked skills where the caller does not say.
const HITS_USUAL: usize = 10;
/// Concepts a page where the caller does not say.
const CONCEPTS_USUAL: usize = 50;
/// Hits of one search, on all pages: they are cut from one list of this length, so that pages fit together.
const HITS_MAX: usize = 200;
/// Narrower skills that are shown with a skill.
const NARROWER_SHOWN: usize = 100;

/// Finds skills by label as the caller types.
///
/// # Errors
/// As every method.
pub fn search_skills(
    view: &View<'_>,
    mut request: wire::SearchSkillsRequest,
) -> Result<wire::SearchSkillsResponse> {
    view.watch.enter("check")?;
    let (mut check, limits) = (Check::new(view), view.limits);
    let token = std::mem::take(&mut request.page_token);
    let pages = Pages::of(&request, view);
    let offset = Place::offset(check.place(&pages, &token));
    let typed = check.text("text", &request.text, limits.typed_bytes_max);
    let languages = check.languages("label_language_codes", &request.label_language_codes);
    let size = check.wanted("page_size", request.page_size, HITS_USUAL, limits.top_k_max);
    let accepted = check.done()?;
    view.watch.enter("search")?;
    let (catalogue, typed) = (view.catalogue, typed.map_or("", |typed| typed.as_str()));
    let found = catalogue
        .concepts
        .search(&catalogue.esco, typed, &languages, HITS_MAX)?;
    view.watch.enter("present")?;
    let page = found.iter().skip(offset).take(pages.size(offset, size));
    let hit = |hit: &skillgap_catalogue::SkillHit| {
        let matched = Presenter {
            language: &hit.language,
            ..Presenter::new(view, &accepted)
        };
        let skill = catalogue.esco.skills.get(hit.skill.row());
        let skill_type = skill.map(|skill| skill.skill_type).unwrap_or_default();
        wire::SkillHit {
            skill: Some(matched.skill(hit.skill)),
            matched_language_code: hit.language.clone(),
            score: f64::from(hit.score),
            skill_type: present::skill_type(skill_type),
        }
    };
    let hits: Vec<wire::SkillHit> = page.map(hit).collect();
    Ok(wire::SearchSkillsResponse {
        next_page_token: pages.next(offset, hits.len(), found.len()),
        hits,
        context: present::context(view, accepted, &[]),
    })
}

/// Ranks skills for a term, a sentence or a learning outcome.
///
/// # Errors
/// As every method.
pub fn link_text(
    view: &View<'_>,
    mut request: wire::LinkTextRequest,
) -> Result<wire::LinkTextResponse> {
    view.watch.enter("check")?;
    let (mut check, limits) = (Check::new(view), view.limits);
    check.text_language("text_language_code", &mut request.text_language_code);
    check.answer_language(&mut request.language_code);
    check.text("text", &request.text, limits.text_bytes_max);
    let top_k = check.wanted("top_k", request.top_k, HITS_USUAL, limits.top_k_max);
    let accepted = check.done()?;
    view.watch.enter("link")?;
    let query = Query {
        text: &request.text,
        language: request.text_language_code.as_deref(),
    };
    let linked = view.catalogue.linker.link(query, top_k);
    let language = query.language.or_else(|| detect_language(query.text));
    view.watch.enter("present")?;
    let presenter = Presenter::new(view, &accepted);
    let skill = |linked: skillgap_linker::Linked| wire::LinkedSkill {
        skill: Some(presenter.skill(linked.skill)),
        score: f64::from(linked.score),
        confidence: f64::from(linked.confidence),
    };
    Ok(wire::LinkTextResponse {
        skills: linked.into_iter().map(skill).collect(),
        text_language_code: language.unwrap_or("und").to_owned(),
        context: present::context(view, accepted, &[]),
    })
}

/// Returns one skill with its labels and neighbours.
///
/// # Errors
/// As every method.
pub fn get_skill(
    view: &View<'_>,
    mut request: wire::GetSkillRequest,
) -> Result<wire::GetSkillResponse> {
    view.watch.enter("check")?;
    let mut check = Check::new(view);
    check.answer_language(&mut request.language_code);
    check.not_empty("uri", &request.uri);
    let uri = check.uri_that_counts("uri", &request.uri);
    let accepted = check.done()?;
    view.watch.enter("look up")?;
    let (catalogue, esco) = (view.catalogue, &view.catalogue.esco);
    let found = esco.skill_by_uri(&uri);
    let Some((row, skill)) = found.and_then(|row| Some((row, esco.skills.get(row.row())?))) else {
        return Err(Error::NotFound {
            field: "uri",
            resource: Resource::Skill,
        });
    };
    let descriptions = catalogue.concepts.descriptions(&skill.uri)?;
    let (graph, node) = (&catalogue.graph, NodeId(row.0));
    let (n_occupations_essential, n_occupations_optional) = graph.occupation_counts(row);
    view.watch.enter("present")?;
    let presenter = Presenter::new(view, &accepted);
    let narrower = graph.narrower(node).take(NARROWER_SHOWN);
    let skill = wire::Skill {
        uri: skill.uri.clone(),
        skill_type: present::skill_type(skill.skill_type),
        reuse_level: present::reuse_level(skill.reuse_level),
        labels: present::labels(&skill.labels),
        description: present::texts(&descriptions),
        broader: graph
            .broader(node)
            .map(|node| presenter.node(node))
            .collect(),
        narrower: narrower.map(|node| presenter.node(node)).collect(),
        essential_skills: presenter.skills(graph.essential_for(row)),
        optional_skills: presenter.skills(graph.optional_for(row)),
        collections: present::collections(skill.collections),
        n_occupations_essential,
        n_occupations_optional,
        status: Some(skill.status.clone()).filter(|status| !status.is_empty()),
    };
    Ok(wire::GetSkillResponse {
        skill: Some(skill),
        context: present::context(view, accepted, &[]),
    })
}

/// Returns one occupation with its essential and optional skills.
///
/// # Errors
/// As every method.
pub fn get_occupation(
    view: &View<'_>,
    mut request: wire::GetOccupationRequest,
) -> Result<wire::GetOccupationResponse> {
    view.watch.enter("check")?;
    let mut check = Check::new(view);
    check.answer_language(&mut request.language_code);
    check.not_empty("uri", &request.uri);
    let uri = check.uri_that_counts("uri", &request.uri);
    let accepted = check.done()?;
    view.watch.enter("look up")?;
    let esco = &view.catalogue.esco;
    let found = esco.occupation_by_uri(&uri);
    let Some(occupation) = found.and_then(|row| esco.occupations.get(row.row())) else {
        return Err(Error::NotFound {
            field: "uri",
            resource: Resource::Occupation,
        });
    };
    let code = &occupation.isco_group;
    let group = esco
        .isco_groups
        .binary_search_by(|group| group.code.cmp(code));
    let group = group.ok().and_then(|at| esco.isco_groups.get(at));
    let descriptions = view.catalogue.concepts.descriptions(&occupation.uri)?;
    view.watch.enter("present")?;
    let presenter = Presenter::new(view, &accepted);
    let occupation = wire::Occupation {
        uri: occupation.uri.clone(),
        isco_group: Some(code.clone()).filter(|code| !code.is_empty()),
        isco_group_label: group
            .and_then(|group| skillgap_esco::label_in(&group.labels, presenter.language))
            .map(str::to_owned),
        labels: present::labels(&occupation.labels),
        description: present::texts(&descriptions),
        essential_skills: presenter.skills(occupation.essential.iter().copied()),
        optional_skills: presenter.skills(occupation.optional.iter().copied()),
    };
    Ok(wire::GetOccupationResponse {
        occupation: Some(occupation),
        context: present::context(view, accepted, &[]),
    })
}

/// Lists the concepts directly below a skill or skill group.
///
/// # Errors
/// As every method.
pub fn list_narrower(
    view: &View<'_>,
    mut request: wire::ListNarrowerRequest,
) -> Result<wire::ListNarrowerResponse> {
    view.watch.enter("check")?;
    let mut check = Check::new(view);
    let token = std::mem::take(&mut request.page_token);
    let pages = Pages::of(&request, view);
    let offset = Place::offset(check.place(&pages, &token));
    check.answer_language(&mut request.language_code);
    let uri = request.uri.as_deref().filter(|uri| !uri.is_empty());
    let nodes = match uri {
        None => Some(top(view.catalogue)),
        Some(uri) => below(view.catalogue, &check.uri_that_counts("uri", uri)),
    };
    if nodes.is_none() {
        check.missing("uri", Resource::Skill);
    }
    let most = view.limits.top_k_max;
    let size = check.wanted("page_size", request.page_size, CONCEPTS_USUAL, most);
    let accepted = check.done()?;
    view.watch.enter("look up")?;
    let (presenter, graph) = (Presenter::new(view, &accepted), &view.catalogue.graph);
    let nodes = nodes.unwrap_or_default().into_iter();
    let mut concepts: Vec<(wire::ConceptRef, NodeId)> =
        nodes.map(|node| (presenter.node(node), node)).collect();
    concepts.sort_by(|(a, _), (b, _)| (&a.label, &a.uri).cmp(&(&b.label, &b.uri)));
    view.watch.enter("present")?;
    let n_concepts = concepts.len();
    let page = concepts.into_iter().skip(offset);
    let page = page.take(pages.size(offset, size));
    let page: Vec<wire::NarrowerConcept> = page
        .map(|(concept, node)| wire::NarrowerConcept {
            concept: Some(concept),
            is_group: graph.as_skill(node).is_none(),
            n_narrower: graph.narrower(node).count() as u32,
        })
        .collect();
    Ok(wire::ListNarrowerResponse {
        next_page_token: pages.next(offset, page.len(), n_concepts),
        concepts: page,
        context: present::context(view, accepted, &[]),
    })
}

/// The nodes directly below a URI; nothing for an unknown one.
fn below(catalogue: &Catalogue, uri: &str) -> Option<Vec<NodeId>> {
    let node = catalogue.esco.node_by_uri(uri)?;
    Some(catalogue.graph.narrower(node).collect())
}

/// The groups that nothing is above.
fn top(catalogue: &Catalogue) -> Vec<NodeId> {
    let n_skills = catalogue.esco.skills.len();
    let groups = n_skills..n_skills + catalogue.esco.groups.len();
    groups
        .map(|node| NodeId(node as u32))
        .filter(|node| catalogue.graph.broader(*node).next().is_none())
        .collect()
}
