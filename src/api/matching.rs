//! MatchingService: what an ad asks for, what a person lacks, which credentials close the gap.

use skillgap_catalogue::{Sizes, Teaching};
use skillgap_credentials::cv;

use super::check::{Accepted, Check, Document, read_documents};
use super::page::{Pages, Place, fitting};
use super::present::{self, Explaining, Presenter, Spans, Wishes};
use super::{View, wire};
use crate::candidates::SHOWN_MIN;
use crate::demand::{AdText, Options};
use crate::engine::{self, Recommend, Recommended, Target};
use crate::error::Result;
use crate::pathway::Budgets;
use crate::rank::After;

/// Recommendations a page where the caller does not say.
const TOP_K_USUAL: usize = 10;
/// Questions to ask back.
const QUESTIONS_MAX: usize = 5;

/// Reads an ad.
///
/// # Errors
/// As every method: what is wrong with the request, or why there is no answer.
pub fn extract_demand(
    view: &View<'_>,
    mut request: wire::ExtractDemandRequest,
) -> Result<wire::ExtractDemandResponse> {
    view.watch.enter("check")?;
    let (mut check, limits) = (Check::new(view), view.limits);
    check.text_language("ad_language_code", &mut request.ad_language_code);
    check.answer_language(&mut request.language_code);
    let ad = check.text("ad", &request.ad, limits.ad_bytes_max);
    let encoding = check.text_encoding(request.text_encoding);
    let confidence_min = check.share("confidence_min", request.confidence_min);
    let most = limits.skills_demanded_max;
    let options = Options {
        language: request.ad_language_code.as_deref(),
        confidence_min: confidence_min.unwrap_or(Options::default().confidence_min),
        skills_max: check.wanted("skills_max", request.skills_max, most, most),
    };
    let accepted = check.done()?;
    let target = ad.map_or(Target::Skills(Vec::new()), |ad| Target::Ad(ad, options));
    let demand = engine::demand(view.catalogue, &target, limits, view.watch)?;
    let about = engine::about(view.catalogue, &target, &demand, view.watch)?;
    view.watch.enter("present")?;
    let (presenter, ad) = (
        Presenter::new(view, &accepted),
        Spans::of(&request.ad, encoding),
    );
    Ok(wire::ExtractDemandResponse {
        demand: presenter.demand(&demand, &ad),
        ad_understanding: Some(presenter.ad_understanding(&demand, &about, &ad)),
        context: present::context(view, accepted, &[]),
    })
}

/// Compares what is asked for with what a person holds.
///
/// # Errors
/// As every method.
pub fn analyse_gap(
    view: &View<'_>,
    mut request: wire::AnalyseGapRequest,
) -> Result<wire::AnalyseGapResponse> {
    view.watch.enter("check")?;
    let mut check = Check::new(view);
    check.answer_language(&mut request.language_code);
    check.as_of(request.as_of.as_deref());
    check.at_least_commit(request.at_least_commit);
    let encoding = check.text_encoding(request.text_encoding);
    let target = check.target(request.target.as_mut());
    let given = documents_of(request.profile.as_mut());
    let mut profile = check.profile(request.profile.as_mut(), &given)?;
    let accepted = check.done()?;
    let documents = read_documents(view, &accepted, &given, &mut profile)?;
    let (demand, held, gap) =
        engine::analyse(view.catalogue, &target, &profile, view.limits, view.watch)?;
    let about = engine::about(view.catalogue, &target, &demand, view.watch)?;
    view.watch.enter("present")?;
    let presenter = Presenter::new(view, &accepted);
    let (ad, text) = (
        ad_spans(&target, encoding),
        text_spans(profile.text, encoding),
    );
    Ok(wire::AnalyseGapResponse {
        demand: presenter.demand(&demand, &ad),
        gap: presenter.gap(&gap, &text),
        readiness: gap.readiness(),
        ad_understanding: is_ad(&target).then(|| presenter.ad_understanding(&demand, &about, &ad)),
        profile_understanding: presenter.profile_understanding(&held, &text),
        context: present::context(view, accepted, &documents),
    })
}

/// Ranks the credentials that close the gap and, if asked, stacks them into a pathway.
///
/// # Errors
/// As every method.
pub fn recommend_credentials(
    view: &View<'_>,
    mut request: wire::RecommendCredentialsRequest,
) -> Result<wire::RecommendCredentialsResponse> {
    view.watch.enter("check")?;
    let (mut check, limits) = (Check::new(view), view.limits);
    let token = std::mem::take(&mut request.page_token);
    let pages = Pages::of(&request, view);
    let (count, after) = match check.place(&pages, &token) {
        Some(Place::Recommendation { count, score, id }) => (count, Some(After { score, id })),
        _ => (0, None),
    };
    let top_k = check.wanted("top_k", request.top_k, TOP_K_USUAL, limits.top_k_max);
    let usefulness_min = check.share("usefulness_min", request.usefulness_min);
    let questions = check.wanted("questions_max", request.questions_max, 0, QUESTIONS_MAX);
    let question = Question {
        target: &mut request.target,
        profile: &mut request.profile,
        constraints: request.constraints.as_ref(),
        persona: request.persona,
        weights: &request.weights,
        language_code: &mut request.language_code,
        as_of: request.as_of.as_deref(),
        at_least_commit: request.at_least_commit,
        text_encoding: request.text_encoding,
    };
    let advice = question.answer(check, |checked, budgets| {
        checked.after = after;
        checked.top_k = pages.size(count, top_k);
        checked.usefulness_min = usefulness_min.unwrap_or(SHOWN_MIN);
        checked.questions = questions;
        checked.pathway = request.plan_pathway.then_some(budgets);
    })?;
    let recommended = &advice.recommended;
    let presenter = Presenter::new(view, &advice.accepted);
    let explaining = Explaining {
        present: presenter,
        demand: &recommended.demand,
        ranking: &advice
            .request
            .ranking(&recommended.needs, &recommended.profile),
    };
    let all = recommended.recommendations.iter();
    let recommendations: Vec<_> = all
        .map(|one| present::recommendation(&explaining, one, request.explain))
        .collect();
    let notes = present::Words::note_on(&advice.accepted.language).into_iter();
    let notes = notes
        .chain(presenter.on_nothing(recommended, advice.wishes()))
        .collect();
    let pathway = recommended.planned.as_ref();
    let pathway = pathway.map(|planned| advice.pathway(presenter, planned));
    let common = advice.common(presenter);
    let manifest = &view.catalogue.manifest;
    let mut answer = wire::RecommendCredentialsResponse {
        demand: common.demand,
        gap: common.gap,
        recommendations: Vec::new(),
        pathway,
        readiness: recommended.gap.readiness(),
        prior_learning: common.prior_learning,
        weights: present::weights(&advice.request.weights),
        next_page_token: String::new(),
        ad_understanding: common.ad_understanding,
        profile_understanding: common.profile_understanding,
        notes,
        context: None,
        esco_version: manifest.esco_version.clone(),
        generation: manifest.generation.clone(),
        n_candidates: recommended.n_candidates as u32,
        constraint_effects: match recommendations.is_empty() && count == 0 {
            true => effects(view, &advice)?,
            false => Vec::new(),
        },
        questions: presenter.questions(&recommended.questions),
    };
    let other = prost::Message::encoded_len(&answer);
    let n_fitting = fitting(&recommendations, other, limits.page_bytes_max);
    let n_shown = n_fitting.min(recommendations.len());
    let count = count.saturating_add(n_shown);
    let n_after = recommended.n_after + recommendations.len() - n_shown;
    let last = recommended.recommendations[..n_shown].last();
    if let Some(last) = last.filter(|_| n_after > 0 && count < limits.results_max) {
        answer.next_page_token = pages.token(&Place::Recommendation {
            count,
            score: last.ranked.score(),
            id: last.credential.id.clone(),
        });
    }
    answer.recommendations = recommendations;
    answer.recommendations.truncate(n_shown);
    answer.context = advice.context(view);
    Ok(answer)
}

/// What each constraint alone leaves of what teaches something that is missing.
fn effects(view: &View<'_>, advice: &Advice<'_>) -> Result<Vec<wire::ConstraintEffect>> {
    let credentials = &view.catalogue.credentials;
    let skills = advice.recommended.needs.taught();
    let effects = skillgap_catalogue::effects(&advice.request.filter, |filter| {
        let count = |n: &mut usize, _: Teaching<'_>| *n += 1;
        let counts = credentials.fold_teaching(skills, filter, &Sizes::default(), || 0, count)?;
        Ok(counts.iter().sum())
    })?;
    Ok(effects.into_iter().map(present::effect).collect())
}

/// Plans the pathway that closes most of the gap, with alternatives.
///
/// # Errors
/// As every method.
pub fn plan_pathway(
    view: &View<'_>,
    mut request: wire::PlanPathwayRequest,
) -> Result<wire::PlanPathwayResponse> {
    view.watch.enter("check")?;
    let question = Question {
        target: &mut request.target,
        profile: &mut request.profile,
        constraints: request.constraints.as_ref(),
        persona: request.persona,
        weights: &request.weights,
        language_code: &mut request.language_code,
        as_of: request.as_of.as_deref(),
        at_least_commit: request.at_least_commit,
        text_encoding: request.text_encoding,
    };
    let advice = question.answer(Check::new(view), |checked, budgets| {
        checked.pathway = Some(budgets);
        checked.alternatives = true;
    })?;
    let recommended = &advice.recommended;
    let presenter = Presenter::new(view, &advice.accepted);
    let common = advice.common(presenter);
    let pathway = |planned| advice.pathway(presenter, planned);
    Ok(wire::PlanPathwayResponse {
        demand: common.demand,
        gap: common.gap,
        pathway: recommended.planned.as_ref().map(pathway),
        alternatives: recommended.alternatives.iter().map(pathway).collect(),
        readiness: recommended.gap.readiness(),
        prior_learning: common.prior_learning,
        weights: present::weights(&advice.request.weights),
        ad_understanding: common.ad_understanding,
        profile_understanding: common.profile_understanding,
        n_candidates: recommended.n_candidates as u32,
        context: advice.context(view),
    })
}

/// What a request for recommendations and one for a pathway have in common.
struct Question<'r> {
    target: &'r mut Option<wire::Target>,
    profile: &'r mut Option<wire::Profile>,
    constraints: Option<&'r wire::Constraints>,
    persona: i32,
    weights: &'r [wire::FeatureWeight],
    language_code: &'r mut Option<String>,
    as_of: Option<&'r str>,
    at_least_commit: Option<u64>,
    text_encoding: i32,
}

/// The engine's answer to such a request, with what presenting it needs.
struct Advice<'r> {
    request: Recommend<'r>,
    recommended: Recommended,
    accepted: Accepted,
    documents: Vec<Document>,
    budgets: Budgets,
    /// Whether a credential must fulfil anything.
    has_wishes: bool,
    encoding: wire::TextEncoding,
}

/// The parts that both answers have.
struct Common {
    demand: Vec<wire::DemandedSkill>,
    gap: Vec<wire::GapItem>,
    prior_learning: Vec<wire::PriorLearning>,
    ad_understanding: Option<wire::Understanding>,
    profile_understanding: Option<wire::Understanding>,
}

impl<'r> Question<'r> {
    /// Checks what is asked and lets the engine answer; `adjust` says what is wanted beside the ranking.
    fn answer(
        self,
        mut check: Check<'_>,
        adjust: impl FnOnce(&mut Recommend<'r>, Budgets),
    ) -> Result<Advice<'r>> {
        let view = check.view;
        check.answer_language(self.language_code);
        check.as_of(self.as_of);
        check.at_least_commit(self.at_least_commit);
        let encoding = check.text_encoding(self.text_encoding);
        let target = check.target(self.target.as_mut());
        let given = documents_of(self.profile.as_mut());
        let entitlement = entitlement_of(self.profile.as_mut());
        let profile = check.profile(self.profile.as_mut(), &given)?;
        let wanted = check.constraints(self.constraints, entitlement);
        let any = wire::Constraints::default();
        let has_wishes = self.constraints.is_some_and(|wishes| *wishes != any);
        let persona = check.persona(self.persona);
        let weights = check.weights(persona, self.weights);
        let accepted = check.done()?;
        let mut request = Recommend {
            target,
            profile,
            filter: wanted.filter,
            persona,
            weights,
            pathway: None,
            alternatives: false,
            after: None,
            top_k: 0,
            usefulness_min: SHOWN_MIN,
            questions: 0,
        };
        adjust(&mut request, wanted.budgets.clone());
        let documents = read_documents(&view, &accepted, &given, &mut request.profile)?;
        let recommended = engine::recommend(view.catalogue, &request, view.limits, view.watch)?;
        view.watch.enter("present")?;
        Ok(Advice {
            request,
            recommended,
            accepted,
            documents,
            budgets: wanted.budgets,
            has_wishes,
            encoding,
        })
    }
}

impl Advice<'_> {
    fn common(&self, presenter: Presenter<'_>) -> Common {
        let (request, recommended) = (&self.request, &self.recommended);
        let ad = ad_spans(&request.target, self.encoding);
        let text = text_spans(request.profile.text, self.encoding);
        let demand = &recommended.demand;
        Common {
            demand: presenter.demand(demand, &ad),
            gap: presenter.gap(&recommended.gap, &text),
            prior_learning: presenter.prior_learning(&recommended.recognised),
            ad_understanding: is_ad(&request.target)
                .then(|| presenter.ad_understanding(demand, &recommended.about, &ad)),
            profile_understanding: presenter.profile_understanding(&recommended.profile, &text),
        }
    }

    fn pathway(&self, presenter: Presenter<'_>, planned: &engine::Planned) -> wire::Pathway {
        presenter.pathway(&self.recommended, planned, self.wishes())
    }

    fn wishes(&self) -> Wishes<'_> {
        Wishes {
            are_set: self.has_wishes,
            cost_max: self.budgets.cost_max.as_ref(),
            rates: self.request.filter.rates.as_deref(),
        }
    }

    fn context(self, view: &View<'_>) -> Option<wire::AnswerContext> {
        present::context(view, self.accepted, &self.documents)
    }
}

/// What schemes ask about the person, taken out of the profile.
pub(super) fn entitlement_of(profile: Option<&mut wire::Profile>) -> Option<wire::Entitlement> {
    profile.and_then(|profile| profile.entitlement.take())
}

/// The documents of a profile, taken out of it. The words of a CV among them are the profile's text, where it has none.
pub(super) fn documents_of(profile: Option<&mut wire::Profile>) -> Vec<String> {
    let Some(profile) = profile else {
        return Vec::new();
    };
    if profile.text.as_ref().is_none_or(String::is_empty) {
        let words = profile.documents.iter().find_map(|one| cv::words(one));
        profile.text = words.or(profile.text.take());
    }
    std::mem::take(&mut profile.documents)
}

fn is_ad(target: &Target<'_>) -> bool {
    ad_of(target).is_some()
}

fn ad_of<'t>(target: &'t Target<'_>) -> Option<&'t str> {
    match target {
        Target::Ad(ad, _) => Some(ad.as_str()),
        Target::With(target, _) | Target::Without(target, _) => ad_of(target),
        Target::Skills(_) | Target::Occupation(_) | Target::FormerOccupation(..) => None,
    }
}

fn ad_spans(target: &Target<'_>, encoding: wire::TextEncoding) -> Spans {
    Spans::of(ad_of(target).unwrap_or_default(), encoding)
}

/// Counts spans of a profile's text.
pub(super) fn text_spans(text: Option<AdText<'_>>, encoding: wire::TextEncoding) -> Spans {
    Spans::of(text.map_or("", AdText::as_str), encoding)
}
