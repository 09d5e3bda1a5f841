//! Occupations within reach of a person.

use skillgap_credentials::credential::{Credential, text_in};
use skillgap_esco::OccupationId;
use skillgap_market::Trend;

use super::check::{Check, read_documents};
use super::market::OccupationFact;
use super::matching::{documents_of, entitlement_of, text_spans};
use super::page::{Pages, Place, fitting};
use super::present::{self, Presenter};
use super::{View, wire};
use crate::demand::Requirement;
use crate::engine::{self, FindReachable, FoundReachable};
use crate::error::Result;
use crate::occupations::{Needed, Reach, Reached, Wanted};

/// Occupations a page, and missing skills an occupation, where the caller does not say.
const TOP_K_USUAL: usize = 10;
const MISSING_USUAL: usize = 20;

/// Ranks occupations by how ready a person is for them.
///
/// # Errors
/// As every method.
pub fn suggest_occupations(
    view: &View<'_>,
    mut request: wire::SuggestOccupationsRequest,
) -> Result<wire::SuggestOccupationsResponse> {
    view.watch.enter("check")?;
    let (mut check, limits) = (Check::new(view), view.limits);
    let token = std::mem::take(&mut request.page_token);
    let pages = Pages::of(&request, view);
    let offset = Place::offset(check.place(&pages, &token));
    check.answer_language(&mut request.language_code);
    check.as_of(request.as_of.as_deref());
    check.at_least_commit(request.at_least_commit);
    let encoding = check.text_encoding(request.text_encoding);
    if request.profile.is_none() {
        check.refuse("profile", "is missing");
    }
    let given = documents_of(request.profile.as_mut());
    let entitlement = entitlement_of(request.profile.as_mut());
    let mut excluded = check.occupations(
        "excluded_occupation_uris",
        &request.excluded_occupation_uris,
    );
    let mut profile = check.profile(request.profile.as_mut(), &given)?;
    if !request.include_own {
        excluded.extend(&profile.occupations);
    }
    let region = request.market_region_code.as_deref();
    let region = region.map(|code| check.region("market_region_code", code));
    if request.exclude_declining {
        match &region {
            Some(region) => excluded.extend(declining(view, region)),
            None => check.refuse("exclude_declining", "needs market_region_code"),
        }
    }
    excluded.sort_unstable();
    let wanted = Wanted {
        isco_groups: check.isco_groups("isco_groups", &request.isco_groups),
        excluded,
        readiness_min: check
            .share("readiness_min", request.readiness_min)
            .unwrap_or_default(),
    };
    let filter = check
        .constraints(request.constraints.as_ref(), entitlement)
        .filter;
    let top_k = check.wanted("top_k", request.top_k, TOP_K_USUAL, limits.top_k_max);
    let most = limits.skills_demanded_max;
    let n_missing = check.wanted("missing_max", request.missing_max, MISSING_USUAL, most);
    let accepted = check.done()?;
    let documents = read_documents(view, &accepted, &given, &mut profile)?;
    let checked = FindReachable {
        profile,
        wanted,
        filter,
        offset,
        top_k: pages.size(offset, top_k),
    };
    let found = engine::reachable(view.catalogue, &checked, view.watch)?;
    view.watch.enter("present")?;
    let FoundReachable {
        profile: held,
        page,
        total,
    } = found;
    let presenter = Presenter::new(view, &accepted);
    let mut occupations: Vec<_> = page
        .iter()
        .map(|(reached, credential)| {
            let suggested = presenter.suggested(reached, credential.as_ref(), n_missing);
            let isco = suggested.isco_group.as_deref().unwrap_or_default();
            let market = view.market.zip(region.as_deref());
            let market = market.and_then(|(market, region)| {
                let fact = OccupationFact::of(market, region, isco)?;
                Some(presenter.occupation_market(fact.cell(market), &fact.demand))
            });
            wire::SuggestedOccupation {
                market,
                ..suggested
            }
        })
        .collect();
    occupations.truncate(fitting(&occupations, 0, limits.page_bytes_max));
    let text = text_spans(checked.profile.text, encoding);
    let language = accepted.language.clone();
    let on_nothing_held = held.held.is_empty().then(|| presenter.nothing_held(&held));
    Ok(wire::SuggestOccupationsResponse {
        next_page_token: pages.next(offset, occupations.len(), total),
        occupations,
        total_size: total as u32,
        profile_understanding: presenter.profile_understanding(&held, &text),
        notes: present::Words::note_on(&language)
            .into_iter()
            .chain(on_nothing_held)
            .chain(
                region
                    .filter(|_| view.market.is_none())
                    .map(|_| presenter.words.say("market.off", &[])),
            )
            .collect(),
        context: present::context(view, accepted, &documents),
    })
}

/// Occupations whose share of a region's jobs fell.
fn declining(view: &View<'_>, region: &str) -> Vec<OccupationId> {
    let Some(market) = view.market else {
        return Vec::new();
    };
    let occupations = view.catalogue.esco.occupations.iter();
    let falls = |isco: &str| {
        let fact = OccupationFact::of(market, region, isco);
        fact.is_some_and(|fact| fact.demand.trend == Trend::Declining)
    };
    let numbered = (0..).map(OccupationId).zip(occupations);
    let falling = numbered.filter(|(_, occupation)| falls(&occupation.isco_group));
    falling.map(|(id, _)| id).collect()
}

impl Presenter<'_> {
    fn suggested(
        self,
        reached: &Reached,
        credential: Option<&Credential>,
        n_missing: usize,
    ) -> wire::SuggestedOccupation {
        let id = reached.reachable.occupation;
        let lift = reached.lift.as_ref().zip(credential);
        let missing = reached.missing.iter().take(n_missing);
        let group = self.catalogue.esco.occupations.get(id.row());
        wire::SuggestedOccupation {
            occupation: Some(self.occupation(id)),
            isco_group: group
                .map(|occupation| occupation.isco_group.clone())
                .filter(|code| !code.is_empty()),
            readiness: reached.reachable.readiness,
            reach: match reached.reach {
                Reach::Ready => wire::Reach::Ready,
                Reach::WithinReach => wire::Reach::WithinReach,
                Reach::LongerWay => wire::Reach::LongerWay,
                Reach::Far => wire::Reach::Far,
            }
            .into(),
            n_essential: reached.n_essential as u32,
            n_essential_missing: reached.n_essential_missing as u32,
            missing: missing.map(|needed| self.missing(needed)).collect(),
            n_missing: reached.missing.len() as u32,
            shared: self.skills(reached.shared.iter().copied()),
            lift: lift.map(|(lift, credential)| wire::CredentialLift {
                credential_id: credential.id.clone(),
                title: text_in(&credential.title, self.language).to_owned(),
                readiness: lift.readiness,
                hours: lift.facts.hours,
                cost: lift.facts.cost.clone(),
                asks_for_more: lift.asks_for_more,
            }),
            market: None,
        }
    }

    fn missing(self, needed: &Needed) -> wire::MissingSkill {
        wire::MissingSkill {
            skill: Some(self.skill(needed.skill)),
            requirement: match needed.requirement {
                Requirement::Essential => wire::Requirement::Essential,
                Requirement::Optional => wire::Requirement::Optional,
            }
            .into(),
            held: needed.held,
        }
    }
}
