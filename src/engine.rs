//! The engine: the stages in order on one snapshot, with a look at the clock between them. No arithmetic and no words here.

mod questions;
mod watch;

use skillgap_catalogue::Catalogue;
use skillgap_catalogue::{Facts, Filter, Place};
use skillgap_credentials::credential::Credential;
use skillgap_esco::{OccupationId, SkillId};

use crate::candidates::{
    self, Against, Candidate, CandidatePool, HeldClosure, Needs, Prior, Survey, Wording,
};
use crate::demand::{self, About, AdText, Demand, Demanded, Options, extract};
use crate::error::{Error, Result};
use crate::gap::{self, Gap, Profile, ProfileParts};
use crate::limits::Limits;
use crate::occupations::{self, HeldCoverage, Reachable, Reached, Wanted};
use crate::pathway::{self, Budgets, Pathway, Plan, Planning, Step, Towards, Why};
use crate::rank::{self, After, Persona, Ranked, Ranking, Weights};

use questions::Asking;
pub use questions::Question;
pub use watch::Watch;

/// What the person wants to fit.
#[derive(Clone, Debug)]
pub enum Target<'a> {
    /// An ad, and how to read it.
    Ad(AdText<'a>, Options<'a>),
    /// Skills that the caller names.
    Skills(Vec<Demanded>),
    /// An occupation.
    Occupation(OccupationId),
    /// What an occupation of a former version of ESCO became, and how sure that is, in (0, 1].
    FormerOccupation(OccupationId, f64),
    /// One of the others but for [`Self::Skills`], with skills that are asked for otherwise than was understood, or beside it.
    With(Box<Self>, Vec<Demanded>),
    /// One of the others, without skills that shall not count.
    Without(Box<Self>, Vec<SkillId>),
}

/// A checked request for recommendations.
#[derive(Clone, Debug)]
pub struct Recommend<'a> {
    /// What the person wants to fit.
    pub target: Target<'a>,
    /// What the person holds.
    pub profile: ProfileParts<'a>,
    /// What a credential must fulfil.
    pub filter: Filter,
    /// Whose priorities count.
    pub persona: Persona,
    /// Weights of the features.
    pub weights: Weights,
    /// Budgets of a pathway, if one is wanted.
    pub pathway: Option<Budgets>,
    /// Whether other pathways are wanted beside that one.
    pub alternatives: bool,
    /// Where the page before ended.
    pub after: Option<After>,
    /// Recommendations to return.
    pub top_k: usize,
    /// How likely one is of use at least, in [0, 1].
    pub usefulness_min: f64,
    /// Questions to return.
    pub questions: usize,
}

impl Recommend<'_> {
    /// What the ranking looks at beside the candidates.
    pub fn ranking<'a>(&'a self, needs: &'a Needs, profile: &'a Profile) -> Ranking<'a> {
        Ranking {
            needs,
            profile,
            filter: &self.filter,
            persona: self.persona,
            weights: &self.weights,
        }
    }
}

/// One recommendation, whole.
#[derive(Clone, Debug)]
pub struct Recommendation {
    /// Score and its parts.
    pub ranked: Ranked,
    /// The credential.
    pub credential: Credential,
}

/// A pathway with the credentials of its steps, in order.
#[derive(Clone, Debug)]
pub struct Planned {
    /// Steps, closure and bound.
    pub pathway: Pathway,
    /// The credentials of the steps.
    pub credentials: Vec<Credential>,
    /// What each of them closes.
    pub candidates: Vec<Candidate>,
    /// For each step, the ids of what it unlocks: later steps first.
    pub unlocks: Vec<Vec<String>>,
    /// For each step, the larger qualifications that it leads towards.
    pub towards: Vec<Vec<Towards>>,
    /// Credentials that would help and cannot be taken, and why.
    pub blocked: Vec<(Credential, Why)>,
    /// Whether a qualification or a part of one was among what was chosen from.
    pub has_parts: bool,
}

/// A credential that the person may have recognised, whole.
#[derive(Clone, Debug)]
pub struct Recognised {
    /// How far it is covered, and by what.
    pub prior: Prior,
    /// The credential.
    pub credential: Credential,
}

/// The answer to [`Recommend`].
pub struct Recommended {
    /// What is asked for.
    pub demand: Demand,
    /// The occupations that an ad is about, most likely first.
    pub about: Vec<About>,
    /// What is held.
    pub profile: Profile,
    /// What is missing.
    pub gap: Gap,
    /// The same, as credentials are measured by it.
    pub needs: Needs,
    /// One page, best first.
    pub recommendations: Vec<Recommendation>,
    /// How many come after the page.
    pub n_after: usize,
    /// Credentials that were scored.
    pub n_candidates: usize,
    /// Whether one of them is likelier of use than not.
    pub helps: bool,
    /// The pathway, if one was wanted: the one that closes most, or nearly most and that more surely.
    pub planned: Option<Planned>,
    /// Others that a person may prefer, if they were wanted; with the first they are a Pareto front.
    pub alternatives: Vec<Planned>,
    /// What the person may have recognised; never among the recommendations.
    pub recognised: Vec<Recognised>,
    /// What to ask the person, the question that changes most first.
    pub questions: Vec<Question>,
}

/// Everything but the pathway and the records.
struct Found {
    demand: Demand,
    about: Vec<About>,
    profile: Profile,
    gap: Gap,
    scored: Scored,
}

/// The credentials that close a gap, ranked.
struct Scored {
    needs: Needs,
    held: HeldClosure,
    prior: Vec<Prior>,
    pool: CandidatePool,
    ranked: Vec<Ranked>,
}

/// Reads what is asked for.
///
/// # Errors
/// As [`Watch::enter`].
pub fn demand(
    catalogue: &Catalogue,
    target: &Target<'_>,
    limits: &Limits,
    watch: &Watch,
) -> Result<Demand> {
    watch.enter("demand")?;
    Ok(read(catalogue, target, limits))
}

fn read(catalogue: &Catalogue, target: &Target<'_>, limits: &Limits) -> Demand {
    let of_occupation =
        |occupation| Demand::of_occupation(catalogue, occupation, limits.skills_demanded_max);
    match target {
        Target::Ad(ad, options) => extract(catalogue, *ad, *options),
        Target::Skills(skills) => Demand::of_skills(skills.clone()),
        Target::Occupation(occupation) => of_occupation(*occupation),
        Target::FormerOccupation(occupation, sure) => {
            let mut demand = of_occupation(*occupation);
            demand
                .skills
                .iter_mut()
                .for_each(|demanded| demanded.confidence *= sure);
            demand
        }
        Target::With(target, corrections) => {
            let label = |skill| catalogue.skill_label(skill, "en").to_owned();
            read(catalogue, target, limits).with(corrections, label)
        }
        Target::Without(target, rejected) => read(catalogue, target, limits).without(rejected),
    }
}

/// Tells which occupations an ad is about.
///
/// # Errors
/// As [`Watch::enter`].
pub fn about(
    catalogue: &Catalogue,
    target: &Target<'_>,
    demand: &Demand,
    watch: &Watch,
) -> Result<Vec<About>> {
    watch.enter("about")?;
    Ok(told(catalogue, target, demand))
}

fn told(catalogue: &Catalogue, target: &Target<'_>, demand: &Demand) -> Vec<About> {
    match target {
        Target::Ad(..) => {
            let language = Some(demand.language.as_str()).filter(|language| !language.is_empty());
            let skills: Vec<(SkillId, f64)> = demand
                .skills
                .iter()
                .map(|demanded| (demanded.skill, demanded.confidence))
                .collect();
            demand::about(catalogue, &demand.job, language, &skills)
        }
        Target::With(target, _) | Target::Without(target, _) => told(catalogue, target, demand),
        Target::Skills(_) | Target::Occupation(_) | Target::FormerOccupation(..) => Vec::new(),
    }
}

/// Compares what is asked for with what is held.
///
/// # Errors
/// As [`Watch::enter`].
pub fn analyse(
    catalogue: &Catalogue,
    target: &Target<'_>,
    parts: &ProfileParts<'_>,
    limits: &Limits,
    watch: &Watch,
) -> Result<(Demand, Profile, Gap)> {
    let demand = demand(catalogue, target, limits, watch)?;
    watch.enter("gap")?;
    let profile = gap::gather(catalogue, parts);
    let gap = gap::analyse_held(catalogue, &demand, &profile);
    Ok((demand, profile, gap))
}

/// The whole way from a target and a person to ranked credentials, and to pathways if they are wanted.
///
/// # Errors
/// As [`Watch::enter`], and [`Error::Index`].
pub fn recommend(
    catalogue: &Catalogue,
    request: &Recommend<'_>,
    limits: &Limits,
    watch: &Watch,
) -> Result<Recommended> {
    let found = find(catalogue, request, limits, watch)?;
    let is_shown =
        |ranked: &&Ranked| ranked.candidate.usefulness.probability >= request.usefulness_min;
    let shown: Vec<&Ranked> = found.scored.ranked.iter().filter(is_shown).collect();
    let after = request.after.as_ref();
    let n_before = after.map_or(0, |after| after.n_before(&shown));
    let page = shown.iter().skip(n_before).take(request.top_k);
    watch.enter("pathway")?;
    let (pathways, recommendations) = rayon::join(
        || found.pathways(catalogue, request),
        || whole(catalogue, page),
    );
    let ((planned, alternatives), recommendations) = (pathways?, recommendations?);
    let questions = found.questions(catalogue, request, limits, watch)?;
    let n_candidates = found.scored.ranked.len();
    Ok(Recommended {
        demand: found.demand,
        about: found.about,
        profile: found.profile,
        gap: found.gap,
        needs: found.scored.needs,
        n_after: shown.len() - n_before - recommendations.len(),
        recommendations,
        n_candidates,
        helps: found.scored.ranked.iter().any(Ranked::is_likely),
        planned,
        alternatives,
        recognised: recognised(catalogue, found.scored.prior)?,
        questions,
    })
}

fn find(
    catalogue: &Catalogue,
    request: &Recommend<'_>,
    limits: &Limits,
    watch: &Watch,
) -> Result<Found> {
    let demand = demand(catalogue, &request.target, limits, watch)?;
    watch.enter("gap")?;
    let (about, profile) = rayon::join(
        || told(catalogue, &request.target, &demand),
        || gap::gather(catalogue, &request.profile),
    );
    let gap = gap::analyse(catalogue, &demand, &profile);
    watch.enter("candidates")?;
    let scored = score(catalogue, request, limits, watch, (&demand, &profile, &gap))?;
    Ok(Found {
        demand,
        about,
        profile,
        gap,
        scored,
    })
}

/// Finds and ranks the credentials for a gap.
fn score(
    catalogue: &Catalogue,
    request: &Recommend<'_>,
    limits: &Limits,
    watch: &Watch,
    (demand, profile, gap): (&Demand, &Profile, &Gap),
) -> Result<Scored> {
    let needs = Needs::of(gap);
    let held = candidates::held_closure(catalogue, profile)?;
    let prior = candidates::prior_learning(catalogue, gap, profile, &held, &request.filter)?;
    let mut left_out: Vec<Place> = prior.iter().map(|prior| prior.facts.address).collect();
    left_out.sort_unstable();
    let sizes = request
        .pathway
        .as_ref()
        .map(|budgets| budgets.sizes(request.filter.rates.as_deref()))
        .unwrap_or_default();
    let survey = Survey {
        filter: &request.filter,
        limit: limits.candidates_max,
        left_out: &left_out,
        sizes,
    };
    let by_wording = || {
        let wording = Wording::of(catalogue, demand, gap, profile, &request.profile)?;
        let near = candidates::worded_like(catalogue, &wording, &survey, &held)?;
        Ok::<_, Error>((wording, near))
    };
    let (found, worded) = rayon::join(
        || candidates::survey(catalogue, &needs, &held, &survey),
        by_wording,
    );
    let (found, (wording, near)) = (found?, worded?);
    let candidates = candidates::with_near(
        catalogue,
        &Against {
            needs: &needs,
            filter: &request.filter,
        },
        &wording,
        near,
        found.candidates,
    )?;
    watch.enter("rank")?;
    let ranked = rank::rank(candidates, &request.ranking(&needs, profile));
    Ok(Scored {
        needs,
        held,
        prior,
        pool: found.pool,
        ranked,
    })
}

impl Found {
    /// What to ask the person, as far as that is wanted.
    fn questions(
        &self,
        catalogue: &Catalogue,
        request: &Recommend<'_>,
        limits: &Limits,
        watch: &Watch,
    ) -> Result<Vec<Question>> {
        let first = |ranked: &[Ranked]| questions::first(ranked, request.usefulness_min);
        let asking = Asking {
            demand: &self.demand,
            profile: &self.profile,
            gap: &self.gap,
            denied: &request.profile.rejected,
            now: first(&self.scored.ranked),
            most: request.questions,
        };
        let without_pathway = Recommend {
            pathway: None,
            ..request.clone()
        };
        asking.questions(|profile, gap| {
            watch.enter("questions")?;
            let of = (&self.demand, profile, gap);
            let unwatched = Watch::unlimited();
            Ok(first(
                &score(catalogue, &without_pathway, limits, &unwatched, of)?.ranked,
            ))
        })
    }

    /// The pathway and its alternatives, as far as they are wanted.
    fn pathways(
        &self,
        catalogue: &Catalogue,
        request: &Recommend<'_>,
    ) -> Result<(Option<Planned>, Vec<Planned>)> {
        let Some(budgets) = &request.pathway else {
            return Ok((None, Vec::new()));
        };
        let mut plan = pathway::plan(&Planning {
            catalogue,
            ranking: &request.ranking(&self.scored.needs, &self.profile),
            filter: &request.filter,
            held: &self.scored.held,
            ranked: &self.scored.ranked,
            pool: &self.scored.pool,
            usefulness_min: request.usefulness_min,
            budgets,
        })?;
        let alternatives = if request.alternatives {
            plan.alternatives()
        } else {
            Vec::new()
        };
        let whole = |pathway| self.planned(catalogue, &plan, pathway);
        let alternatives = alternatives.into_iter().map(whole).collect::<Result<_>>()?;
        Ok((Some(whole(plan.best.clone())?), alternatives))
    }

    /// A pathway with its credentials.
    fn planned(&self, catalogue: &Catalogue, plan: &Plan, pathway: Pathway) -> Result<Planned> {
        let candidate = |at: usize| &plan.credential(&self.scored.ranked, at).candidate;
        let record = |at: usize| offered(catalogue, &candidate(at).facts);
        let steps = || pathway.steps.iter();
        let credentials = steps()
            .map(|step| record(step.at))
            .collect::<Result<Vec<_>>>()?;
        let ids = |step: &Step| {
            let ids = step.unlocks.iter().map(|at| Ok(record(*at)?.id));
            ids.collect::<Result<Vec<_>>>()
        };
        let blocked = plan
            .blocked
            .iter()
            .map(|blocked| Ok((catalogue.credentials.record(blocked.place)?, blocked.why)));
        Ok(Planned {
            unlocks: steps().map(ids).collect::<Result<_>>()?,
            towards: pathway::towards(catalogue, &self.profile, &credentials)?,
            candidates: steps().map(|step| candidate(step.at).clone()).collect(),
            blocked: blocked.collect::<Result<_>>()?,
            has_parts: plan.has_parts,
            credentials,
            pathway,
        })
    }
}

/// The record as the offer has it that the credential is judged by.
fn offered(catalogue: &Catalogue, facts: &Facts) -> Result<Credential> {
    let record = catalogue.credentials.record(facts.address)?;
    Ok(record.as_offered(facts.offer))
}

/// Ranked credentials with their records.
fn whole<'a>(
    catalogue: &Catalogue,
    page: impl Iterator<Item = &'a &'a Ranked>,
) -> Result<Vec<Recommendation>> {
    let whole = |ranked: &&Ranked| {
        Ok(Recommendation {
            credential: offered(catalogue, &ranked.candidate.facts)?,
            ranked: (*ranked).clone(),
        })
    };
    page.map(whole).collect()
}

/// A checked request for occupations.
#[derive(Clone, Debug)]
pub struct FindReachable<'a> {
    /// What the person holds.
    pub profile: ProfileParts<'a>,
    /// What an occupation must fulfil.
    pub wanted: Wanted,
    /// What a credential must fulfil.
    pub filter: Filter,
    /// Occupations to skip.
    pub offset: usize,
    /// Occupations to return.
    pub top_k: usize,
}

/// The answer to [`FindReachable`].
pub struct FoundReachable {
    /// What is held.
    pub profile: Profile,
    /// One page, most ready first, each with the credential that helps most.
    pub page: Vec<(Reached, Option<Credential>)>,
    /// Occupations in all.
    pub total: usize,
}

/// Occupations by readiness, with what is missing and the credential that helps most; none where nothing is held.
///
/// # Errors
/// As [`Watch::enter`], and [`Error::Index`].
pub fn reachable(
    catalogue: &Catalogue,
    request: &FindReachable<'_>,
    watch: &Watch,
) -> Result<FoundReachable> {
    watch.enter("gap")?;
    let profile = gap::gather(catalogue, &request.profile);
    watch.enter("occupations")?;
    let held_coverage = HeldCoverage::of(catalogue, &profile);
    // Who holds nothing that was understood is as near to every occupation as to any other.
    let all = match profile.held.is_empty() {
        true => Vec::new(),
        false => occupations::reachable(catalogue, &held_coverage, &request.wanted),
    };
    // Nor is one within reach of which nothing is held.
    let is_begun = |one: &Reachable| one.readiness > 0.0;
    let all: Vec<Reachable> = all.into_iter().filter(is_begun).collect();
    let page: Vec<_> = all
        .iter()
        .skip(request.offset)
        .take(request.top_k)
        .copied()
        .collect();
    watch.enter("lift")?;
    let best =
        occupations::best_credentials(catalogue, &held_coverage, &page, &profile, &request.filter)?;
    let reached = occupations::describe(catalogue, &held_coverage, &page, best);
    let credential = |reached: &Reached| {
        reached
            .lift
            .as_ref()
            .map(|lift| offered(catalogue, &lift.facts))
            .transpose()
    };
    let page = reached.into_iter().map(|reached| {
        Ok((credential(&reached)?, reached)).map(|(credential, reached)| (reached, credential))
    });
    Ok(FoundReachable {
        profile,
        page: page.collect::<Result<_>>()?,
        total: all.len(),
    })
}

fn recognised(catalogue: &Catalogue, prior: Vec<Prior>) -> Result<Vec<Recognised>> {
    let whole = |prior: Prior| {
        Ok(Recognised {
            credential: offered(catalogue, &prior.facts)?,
            prior,
        })
    };
    prior.into_iter().map(whole).collect()
}
