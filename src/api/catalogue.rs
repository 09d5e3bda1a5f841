//! CatalogueService, as far as it reads: credentials by id and by search, what one leaves unsaid, and what the service runs on.

use std::collections::BTreeSet;

use prost::Message;
use skillgap_catalogue::{Cursor, STARTER_ATTRIBUTION, Search};
use skillgap_credentials::credential::{Credential, text_in};
use skillgap_credentials::transparency::{ELEMENTS, Element, Finding, Group, State, check};
use skillgap_credentials::verify::Keys;
use skillgap_credentials::wallet;

use super::check::Check;
use super::page::{Pages, Place, fitting};
use super::present::{self, Presenter, Words};
use super::{View, wire};
use crate::error::{Error, Resource, Result};

/// Hits a page where the caller does not say.
const HITS_USUAL: usize = 20;
const NOT_FOUND: Error = Error::NotFound {
    field: "id",
    resource: Resource::Credential,
};

/// Returns one credential, whole.
///
/// # Errors
/// As every method.
pub fn get_credential(
    view: &View<'_>,
    mut request: wire::GetCredentialRequest,
) -> Result<wire::GetCredentialResponse> {
    view.watch.enter("check")?;
    let mut check = Check::new(view);
    check.not_empty("id", &request.id);
    check.at_least_commit(request.at_least_commit);
    check.answer_language(&mut request.language_code);
    let accepted = check.done()?;
    view.watch.enter("look up")?;
    let found = view.catalogue.credentials.get(&request.id)?;
    let found = found.ok_or(NOT_FOUND)?;
    view.watch.enter("present")?;
    Ok(wire::GetCredentialResponse {
        credential: Some(labelled(Presenter::new(view, &accepted), found)),
        context: present::context(view, accepted, &[]),
    })
}

/// Returns several credentials, whole.
///
/// # Errors
/// As every method.
pub fn batch_get_credentials(
    view: &View<'_>,
    mut request: wire::BatchGetCredentialsRequest,
) -> Result<wire::BatchGetCredentialsResponse> {
    view.watch.enter("check")?;
    let mut check = Check::new(view);
    check.answer_language(&mut request.language_code);
    if request.ids.is_empty() {
        check.refuse("ids", "is empty");
    }
    check.at_least_commit(request.at_least_commit);
    let mut seen = BTreeSet::new();
    let entries = check.entries("ids", &request.ids, view.limits.top_k_max);
    for (at, id) in entries.iter().enumerate() {
        check.not_empty(&format!("ids[{at}]"), id);
        if !seen.insert(id) {
            check.refuse(format!("ids[{at}]"), "stands there twice");
        }
    }
    let accepted = check.done()?;
    view.watch.enter("look up")?;
    let presenter = Presenter::new(view, &accepted);
    let (mut credentials, mut missing_ids, mut bytes) = (Vec::new(), Vec::new(), 0);
    for (at, id) in request.ids.iter().enumerate() {
        let Some(found) = view.catalogue.credentials.get(id)? else {
            missing_ids.push(id.clone());
            continue;
        };
        let found = labelled(presenter, found);
        bytes += found.encoded_len();
        if bytes > view.limits.page_bytes_max && !credentials.is_empty() {
            let reason = "the answer would be too large; ask for fewer at a time";
            return Err(Error::invalid(format!("ids[{at}]"), reason));
        }
        credentials.push(found);
    }
    Ok(wire::BatchGetCredentialsResponse {
        credentials,
        missing_ids,
        context: present::context(view, accepted, &[]),
    })
}

/// Finds credentials by text, taught skills and constraints.
///
/// # Errors
/// As every method.
pub fn search_credentials(
    view: &View<'_>,
    mut request: wire::SearchCredentialsRequest,
) -> Result<wire::SearchCredentialsResponse> {
    view.watch.enter("check")?;
    let (mut check, limits) = (Check::new(view), view.limits);
    let token = std::mem::take(&mut request.page_token);
    let pages = Pages::of(&request, view).in_any_generation();
    let after = check.place(&pages, &token).and_then(cursor);
    check.answer_language(&mut request.language_code);
    check.as_of(request.as_of.as_deref());
    check.at_least_commit(request.at_least_commit);
    let text = check.optional_text("text", request.text.as_deref(), limits.query_bytes_max);
    let skills = check.skills(
        "skill_uris",
        &request.skill_uris,
        limits.skills_demanded_max,
    );
    let filter = check
        .constraints(request.constraints.as_ref(), request.entitlement.clone())
        .filter;
    let size = check.wanted("page_size", request.page_size, HITS_USUAL, limits.top_k_max);
    let sectors = check.names("sectors", &request.sectors);
    let sort = check.order(request.order);
    let is_basic = check.known("view", request.view) == Some(wire::CredentialView::Basic);
    for (at, number) in request.facets.iter().enumerate() {
        let field = format!("facets[{at}]");
        match check.known(field.as_str(), *number) {
            Some(wire::CredentialFact::Unspecified) => check.refuse(field, "is no fact"),
            Some(fact) => check.refuse_if(&field, !present::is_counted(fact)),
            None => {}
        }
    }
    let accepted = check.done()?;
    view.watch.enter("search")?;
    let mut search = Search {
        text: text.map_or("", |text| text.as_str()),
        skills: &skills,
        filter: &filter,
        sectors: &sectors,
        sort,
        after: after.as_ref(),
        limit: size,
        facets: !request.facets.is_empty(),
    };
    let mut found = view.catalogue.credentials.search(&search)?;
    view.watch.enter("present")?;
    let presenter = Presenter::new(view, &accepted);
    let shown = |credential: &Credential| {
        let whole = labelled(presenter, credential.clone());
        if is_basic { basic(whole) } else { whole }
    };
    let mut credentials: Vec<_> = found.credentials.iter().map(shown).collect();
    let n_fitting = fitting(&credentials, 0, limits.page_bytes_max);
    if n_fitting < credentials.len() {
        // A shorter page, whose end the search itself knows.
        search.limit = n_fitting;
        let shorter = view.catalogue.credentials.search(&search)?;
        found.next = shorter.next;
        credentials.truncate(n_fitting);
    }
    let nothing_at_all = found.total == 0 && search.after.is_none();
    let effects = match nothing_at_all {
        true => skillgap_catalogue::effects(&filter, |filter| {
            let search = Search {
                filter,
                limit: 0,
                facets: false,
                ..search
            };
            Ok(view.catalogue.credentials.search(&search)?.total)
        })?,
        false => Vec::new(),
    };
    let facets = found.facets.into_iter();
    Ok(wire::SearchCredentialsResponse {
        credentials,
        total_size: found.total as u32,
        next_page_token: found
            .next
            .map(|next| pages.token(&place(next)))
            .unwrap_or_default(),
        facets: facets
            .filter_map(|facet| present::facet(facet, &request.facets))
            .collect(),
        constraint_effects: effects.into_iter().map(present::effect).collect(),
        context: present::context(view, accepted, &[]),
    })
}

fn cursor(place: Place) -> Option<Cursor> {
    match place {
        Place::Hit {
            missing,
            text,
            number,
            id,
        } => Some(Cursor {
            missing,
            text,
            number,
            id,
        }),
        Place::Offset(_) | Place::Recommendation { .. } => None,
    }
}

fn place(cursor: Cursor) -> Place {
    Place::Hit {
        missing: cursor.missing,
        text: cursor.text,
        number: cursor.number,
        id: cursor.id,
    }
}

/// A credential, with the labels of its skills in the language of the answer, and how sure each link is.
fn labelled(presenter: Presenter<'_>, mut whole: Credential) -> Credential {
    let outcomes = whole.outcomes.iter_mut();
    for link in outcomes.flat_map(|outcome| &mut outcome.skills) {
        let skill = presenter.catalogue.esco.skill_by_uri(&link.uri);
        link.label = skill.map(|skill| presenter.skill(skill).label);
        // Said in answers, since a client that does not look for absence reads 0.
        link.confidence = Some(link.certainty());
    }
    whole
}

/// What a list shows of a credential.
fn basic(whole: Credential) -> Credential {
    Credential {
        id: whole.id,
        title: whole.title,
        provider: whole.provider,
        access: whole.access,
        workload: whole.workload,
        eqf_level: whole.eqf_level,
        cost: whole.cost,
        version: whole.version,
        ..Credential::default()
    }
}

/// Says which of the elements that make a credential comparable are there, missing or doubtful.
///
/// # Errors
/// As every method.
pub fn check_credential(
    view: &View<'_>,
    mut request: wire::CheckCredentialRequest,
) -> Result<wire::CheckCredentialResponse> {
    use wire::check_credential_request::Subject;
    view.watch.enter("check")?;
    let mut form = Check::new(view);
    form.answer_language(&mut request.language_code);
    form.as_of(request.as_of.as_deref());
    let subject = request.subject.filter(|subject| {
        let (Subject::Id(text) | Subject::Document(text)) = subject;
        !text.is_empty()
    });
    if subject.is_none() {
        form.refuse("subject", "exactly one of id and document must be given");
    }
    let accepted = form.done()?;
    view.watch.enter("look up")?;
    let (credentials, refused) = match &subject {
        Some(Subject::Document(document)) => {
            let (held, refused) = wallet::read(document, accepted.as_of_day, &Keys::default());
            let credentials = held.into_iter().map(|held| held.credential).collect();
            (credentials, refused)
        }
        Some(Subject::Id(id)) => {
            let found = view.catalogue.credentials.get(id)?;
            (vec![found.ok_or(NOT_FOUND)?], Vec::new())
        }
        None => (Vec::new(), Vec::new()),
    };
    view.watch.enter("present")?;
    let credentials = credentials.iter().take(view.limits.results_max);
    Ok(wire::CheckCredentialResponse {
        credentials: credentials
            .map(|credential| checked(credential, accepted.as_of_day, &accepted.language))
            .collect(),
        violations: present::violations(&refused),
        context: present::context(view, accepted, &[]),
    })
}

fn checked(credential: &Credential, day: i64, language: &str) -> wire::CheckedCredential {
    // The elements of the contract are numbered in the order of the list, from 1.
    let elements = ELEMENTS.iter().zip(check(credential, day));
    let numbered = |(number, checked)| wire::CheckedElement {
        element: number,
        ..checked
    };
    let element = |(element, finding): (&Element, Finding)| wire::CheckedElement {
        element: 0,
        group: match element.group {
            Group::Mandatory => wire::ElementGroup::Mandatory,
            Group::Optional => wire::ElementGroup::Optional,
            Group::Template => wire::ElementGroup::Template,
        }
        .into(),
        state: match finding.state {
            State::There => wire::ElementState::There,
            State::Doubtful => wire::ElementState::Doubtful,
            State::Missing => wire::ElementState::Missing,
        }
        .into(),
        note: Some(finding.note).filter(|note| !note.is_empty()),
    };
    let doubts = credential.doubts.iter();
    wire::CheckedCredential {
        id: credential.id.clone(),
        title: text_in(&credential.title, language).to_owned(),
        elements: (1..).zip(elements.map(element)).map(numbered).collect(),
        doubts: doubts
            .map(|doubt| wire::Doubt {
                field: doubt.field.clone(),
                reason: doubt.reason.clone(),
            })
            .collect(),
    }
}

/// Says what the service runs on.
///
/// # Errors
/// None: it is asked when nothing else can be answered.
pub fn get_server_info(
    view: &View<'_>,
    _: wire::GetServerInfoRequest,
) -> Result<wire::GetServerInfoResponse> {
    let (manifest, limits) = (&view.catalogue.manifest, view.limits);
    let accepted = Check::new(view).done()?;
    // The first of the sources is ESCO, which every generation holds.
    let n_sources = if manifest.starter {
        STARTER_ATTRIBUTION.len()
    } else {
        1
    };
    let attributions = STARTER_ATTRIBUTION.iter().take(n_sources);
    let count = |name: &str| manifest.counts.get(name).map_or(0, |count| *count as u32);
    Ok(wire::GetServerInfoResponse {
        context: present::context(view, accepted, &[]),
        service_version: env!("CARGO_PKG_VERSION").to_owned(),
        starter_data: manifest.starter,
        counts: Some(wire::DataCounts {
            skills: count("skills"),
            skill_labels: count("skill labels"),
            skill_groups: count("skill groups"),
            broader_relations: count("broader relations"),
            skill_relations: count("skill-skill relations"),
            occupations: count("occupations"),
            occupation_relations: count("occupation-skill relations"),
            isco_groups: count("ISCO groups"),
            former_uris: count("URIs of former versions"),
            credentials: count("credentials"),
            outcomes: count("outcomes"),
            declared_links: count("declared links"),
            inferred_links: count("inferred links"),
            unknown_links: count("links to skills of another ESCO version"),
        }),
        label_language_codes: manifest.languages.clone(),
        sentence_language_codes: Words::codes().map(str::to_owned).collect(),
        attributions: attributions.map(|source| (*source).to_owned()).collect(),
        encoder_version: manifest.encoder_version.clone(),
        limits: Some(wire::ServiceLimits {
            message_bytes_max: limits.message_bytes_max as u32,
            ad_bytes_max: limits.ad_bytes_max as u32,
            text_bytes_max: limits.text_bytes_max as u32,
            query_bytes_max: limits.query_bytes_max as u32,
            typed_bytes_max: limits.typed_bytes_max as u32,
            skills_held_max: limits.skills_held_max as u32,
            skills_demanded_max: limits.skills_demanded_max as u32,
            documents_max: limits.documents_max as u32,
            page_size_max: limits.top_k_max as u32,
            results_max: limits.results_max as u32,
            pathway_steps_max: limits.pathway_steps_max as u32,
            batch_credentials_max: limits.batch_credentials_max as u32,
            credential_entries_max: limits.credential_entries_max as u32,
            deadline_ms_max: limits.deadline_ms as u32,
        }),
    })
}
