//! How does one request become one answer? Six calls in order on one snapshot, with a look at the clock between them. No arithmetic here.

mod watch;

use skillgap_catalogue::Catalogue;
use skillgap_catalogue::{Filter, Place};
use skillgap_credentials::credential::Credential;
use skillgap_esco::OccupationId;

use crate::candidates::{self, Field, Had, Needs, Prior, Survey, Wording};
use crate::demand::{AdText, Demand, Demanded, Options, extract};
use crate::error::{Error, Result};
use crate::explain::{self, Basis, Explaining, Explanation, Words};
use crate::gap::{self, Gap, Profile, ProfileParts};
use crate::limits::Limits;
use crate::pathway::{self, Budgets, Pathway, Plan, Planning, Step, Towards};
use crate::rank::{self, After, Persona, Ranked, Ranking, Weights};
use crate::reach::{self, About, Reached, Standing, Wanted};

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
    /// Where the page before ended.
    pub after: Option<After>,
    /// Recommendations to return.
    pub top_k: usize,
    /// Language for labels.
    pub language: String,
}

impl Recommend<'_> {
    /// What the ranking looks at beside the candidates.
    fn ranking<'a>(&'a self, needs: &'a Needs, profile: &'a Profile) -> Ranking<'a> {
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
    /// The reasons.
    pub explanation: Explanation,
}

/// A pathway with the credentials of its steps, in order.
#[derive(Clone, Debug)]
pub struct Planned {
    /// Steps, closure and bound.
    pub pathway: Pathway,
    /// The credentials of the steps.
    pub credentials: Vec<Credential>,
    /// For each step, the ids of what it unlocks: later steps first.
    pub unlocks: Vec<Vec<String>>,
    /// For each step, the larger qualifications that it leads towards.
    pub towards: Vec<Vec<Towards>>,
    /// One sentence.
    pub summary: String,
    /// What else a person should know of it, in sentences.
    pub notes: Vec<String>,
}

/// A credential that the person may have recognised, whole.
#[derive(Clone, Debug)]
pub struct Recognised {
    /// How far it is covered, and by what.
    pub prior: Prior,
    /// The credential.
    pub credential: Credential,
}

/// A pathway with its alternatives, and what they are for.
#[derive(Clone, Debug)]
pub struct PathwayAdvice {
    /// What is asked for.
    pub demand: Demand,
    /// What is missing.
    pub gap: Gap,
    /// The pathway that closes most, or nearly most and that more surely.
    pub planned: Planned,
    /// Others that a person may prefer; with the first they are a Pareto front.
    pub alternatives: Vec<Planned>,
    /// What the person may have recognised.
    pub recognised: Vec<Recognised>,
    /// Credentials that were scored.
    pub n_candidates: usize,
}

/// The answer to [`Recommend`].
#[derive(Clone, Debug)]
pub struct Recommended {
    /// What is asked for.
    pub demand: Demand,
    /// What is missing.
    pub gap: Gap,
    /// One page, best first.
    pub recommendations: Vec<Recommendation>,
    /// How many come after the page.
    pub n_after: usize,
    /// Credentials that were scored.
    pub n_candidates: usize,
    /// The pathway, if one was wanted.
    pub planned: Option<Planned>,
    /// What the person may have recognised; never among the recommendations.
    pub recognised: Vec<Recognised>,
    /// Why nothing is recommended, or nothing but what is loosely related, in sentences, where that is so.
    pub on_nothing: Option<String>,
}

/// What both kinds of advice are made from: everything but the pathway and the words.
struct Found {
    demand: Demand,
    profile: Profile,
    gap: Gap,
    needs: Needs,
    had: Had,
    prior: Vec<Prior>,
    field: Field,
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
    watch: &mut Watch,
) -> Result<Demand> {
    watch.enter("demand")?;
    Ok(match target {
        Target::Ad(ad, options) => extract(catalogue, *ad, *options),
        Target::Skills(skills) => Demand::of_skills(skills.clone()),
        Target::Occupation(occupation) => {
            Demand::of_occupation(catalogue, *occupation, limits.skills_demanded_max)
        }
        Target::FormerOccupation(occupation, sure) => {
            let mut demand =
                Demand::of_occupation(catalogue, *occupation, limits.skills_demanded_max);
            demand
                .skills
                .iter_mut()
                .for_each(|demanded| demanded.confidence *= sure);
            demand
        }
    })
}

/// Tells which occupations an ad is about.
///
/// # Errors
/// As [`Watch::enter`].
pub fn about(
    catalogue: &Catalogue,
    target: &Target<'_>,
    demand: &Demand,
    watch: &mut Watch,
) -> Result<Vec<About>> {
    watch.enter("about")?;
    Ok(match target {
        Target::Ad(..) => reach::about(catalogue, demand),
        Target::Skills(_) | Target::Occupation(_) | Target::FormerOccupation(..) => Vec::new(),
    })
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
    watch: &mut Watch,
) -> Result<(Demand, Profile, Gap)> {
    let demand = demand(catalogue, target, limits, watch)?;
    watch.enter("gap")?;
    let profile = gap::gather(catalogue, parts);
    let gap = gap::analyse_held(catalogue, &demand, &profile);
    Ok((demand, profile, gap))
}

/// The whole way from a target and a person to ranked credentials with reasons, and a pathway if one is wanted.
///
/// # Errors
/// As [`Watch::enter`], and [`Error::Index`].
pub fn recommend(
    catalogue: &Catalogue,
    request: &Recommend<'_>,
    limits: &Limits,
    watch: &mut Watch,
) -> Result<Recommended> {
    let found = find(catalogue, request, limits, watch)?;
    let n_before = request
        .after
        .as_ref()
        .map_or(0, |after| after.n_before(&found.ranked));
    watch.enter("pathway")?;
    let (planned, recommendations) = rayon::join(
        || {
            found
                .plan(catalogue, request)?
                .map(|plan| found.planned(catalogue, request, &plan, plan.best.clone()))
                .transpose()
        },
        || found.page(catalogue, request, n_before),
    );
    watch.enter("explain")?;
    let (planned, recommendations) = (planned?, recommendations?);
    let helps = found.ranked.iter().any(|ranked| !explain::is_loose(ranked));
    let on_nothing = if helps {
        None
    } else {
        found.on_nothing(Words::of(&request.language))
    };
    let Found {
        demand,
        gap,
        prior,
        ranked,
        ..
    } = found;
    let recognised = recognised(catalogue, prior)?;
    let n_after = ranked.len() - n_before - recommendations.len();
    Ok(Recommended {
        demand,
        gap,
        recommendations,
        n_after,
        n_candidates: ranked.len(),
        planned,
        recognised,
        on_nothing,
    })
}

/// The whole way to a pathway and its alternatives; the same pathway as [`recommend`] plans. Without budgets in the request, any pathway goes.
///
/// # Errors
/// As [`recommend`].
pub fn plan_pathway(
    catalogue: &Catalogue,
    request: &Recommend<'_>,
    limits: &Limits,
    watch: &mut Watch,
) -> Result<PathwayAdvice> {
    let found = find(catalogue, request, limits, watch)?;
    watch.enter("pathway")?;
    let Some(mut plan) = found.plan(catalogue, request)? else {
        return Err(Error::Internal);
    };
    let alternatives = plan.alternatives();
    watch.enter("explain")?;
    let planned = found.planned(catalogue, request, &plan, plan.best.clone())?;
    let alternatives = alternatives
        .into_iter()
        .map(|pathway| found.planned(catalogue, request, &plan, pathway))
        .collect::<Result<_>>()?;
    let Found {
        demand,
        gap,
        prior,
        ranked,
        ..
    } = found;
    let recognised = recognised(catalogue, prior)?;
    Ok(PathwayAdvice {
        demand,
        gap,
        planned,
        alternatives,
        recognised,
        n_candidates: ranked.len(),
    })
}

/// Everything but the pathway and the words.
fn find(
    catalogue: &Catalogue,
    request: &Recommend<'_>,
    limits: &Limits,
    watch: &mut Watch,
) -> Result<Found> {
    let demand = demand(catalogue, &request.target, limits, watch)?;
    watch.enter("gap")?;
    let profile = gap::gather(catalogue, &request.profile);
    let gap = gap::analyse(catalogue, &demand, &profile);
    watch.enter("candidates")?;
    let needs = Needs::of(&gap);
    let had = candidates::had(catalogue, &profile)?;
    let prior = candidates::prior_learning(catalogue, &gap, &profile, &had, &request.filter)?;
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
        let wording = Wording::of(catalogue, &demand, &gap, &profile, &request.profile)?;
        let near = candidates::worded_like(catalogue, &wording, &survey, &had)?;
        Ok::<_, Error>((wording, near))
    };
    let (found, worded) = rayon::join(
        || candidates::survey(catalogue, &needs, &had, &survey),
        by_wording,
    );
    let (found, (wording, near)) = (found?, worded?);
    let candidates = candidates::with_near(catalogue, &needs, &wording, near, found.candidates)?;
    let candidates = candidates::without_sequels(candidates, &had);
    watch.enter("rank")?;
    let ranked = rank::rank(candidates, &request.ranking(&needs, &profile));
    Ok(Found {
        demand,
        profile,
        gap,
        needs,
        had,
        prior,
        field: found.field,
        ranked,
    })
}

impl Found {
    /// A pathway, if one is wanted.
    fn plan(&self, catalogue: &Catalogue, request: &Recommend<'_>) -> Result<Option<Plan>> {
        let ranking = request.ranking(&self.needs, &self.profile);
        let Self {
            had, ranked, field, ..
        } = self;
        let planning = |budgets| Planning {
            catalogue,
            ranking: &ranking,
            filter: &request.filter,
            had,
            ranked,
            field,
            budgets,
        };
        request
            .pathway
            .as_ref()
            .map(|budgets| pathway::plan(&planning(budgets)))
            .transpose()
    }

    /// What comes after the first `n_before`, with reasons.
    fn page(
        &self,
        catalogue: &Catalogue,
        request: &Recommend<'_>,
        n_before: usize,
    ) -> Result<Vec<Recommendation>> {
        let (ranking, words) = (
            request.ranking(&self.needs, &self.profile),
            Words::of(&request.language),
        );
        let explaining = Explaining {
            catalogue,
            demand: &self.demand,
            ranking: &ranking,
            language: &request.language,
            words,
        };
        let page = self.ranked.iter().skip(n_before).take(request.top_k);
        page.map(|ranked| recommendation(&explaining, ranked.clone()))
            .collect()
    }

    /// Why nothing that surely helps is recommended.
    fn on_nothing(&self, words: &'static Words) -> Option<String> {
        explain::nothing_to_plan(self.readiness(), 0, self.basis(), words)
    }

    /// Nothing where no skill is asked for.
    fn readiness(&self) -> Option<f64> {
        (!self.gap.items.is_empty()).then(|| self.gap.readiness())
    }

    /// What all numbers rest on, whatever is planned.
    fn basis(&self) -> Basis {
        let n_recognised = (!self.demand.asked.is_empty()).then_some(self.demand.skills.len());
        let n_to_show = self
            .gap
            .items
            .iter()
            .filter(|item| item.shown.is_some())
            .count();
        Basis {
            n_recognised,
            n_to_show,
            ..Basis::default()
        }
    }

    /// A pathway with its credentials, in words.
    fn planned(
        &self,
        catalogue: &Catalogue,
        request: &Recommend<'_>,
        plan: &Plan,
        pathway: Pathway,
    ) -> Result<Planned> {
        let (words, language) = (Words::of(&request.language), request.language.as_str());
        let record = |at: usize| {
            Ok(catalogue
                .credentials
                .record(plan.credential(&self.ranked, at).candidate.facts.address)?)
        };
        let credentials = pathway
            .steps
            .iter()
            .map(|step| record(step.at))
            .collect::<Result<Vec<_>>>()?;
        let ids = |step: &Step| {
            step.unlocks
                .iter()
                .map(|at| Ok(record(*at)?.id))
                .collect::<Result<Vec<_>>>()
        };
        let unlocks = pathway.steps.iter().map(ids).collect::<Result<_>>()?;
        let towards = pathway::towards(catalogue, &self.profile, &credentials)?;
        let blocked = plan
            .blocked
            .iter()
            .map(|blocked| Ok((catalogue.credentials.record(blocked.place)?, blocked.why)));
        let on_proofs = self
            .gap
            .items
            .iter()
            .filter_map(|item| explain::on_proof(catalogue, item, language));
        let of_pathway = explain::notes(
            &pathway,
            &credentials,
            &blocked.collect::<Result<Vec<_>>>()?,
            language,
            words,
        );
        let notes = on_proofs.chain(of_pathway).collect();
        let taken = pathway
            .steps
            .iter()
            .map(|step| &plan.credential(&self.ranked, step.at).candidate)
            .zip(&credentials);
        let estimated = explain::estimated_share(catalogue, &self.needs, taken);
        let basis = Basis {
            estimated,
            has_parts: plan.has_parts,
            ..self.basis()
        };
        let summary = explain::summary(&pathway, self.readiness(), self.ranked.len(), basis, words);
        Ok(Planned {
            pathway,
            credentials,
            unlocks,
            towards,
            summary,
            notes,
        })
    }
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
#[derive(Clone, Debug)]
pub struct FoundReachable {
    /// One page, most ready first, each with the credential that helps most.
    pub page: Vec<(Reached, Option<Credential>)>,
    /// Occupations in all.
    pub total: usize,
}

/// Occupations by readiness, with what is missing and the credential that helps most.
///
/// # Errors
/// As [`Watch::enter`], and [`Error::Index`].
pub fn reachable(
    catalogue: &Catalogue,
    request: &FindReachable<'_>,
    watch: &mut Watch,
) -> Result<FoundReachable> {
    watch.enter("gap")?;
    let profile = gap::gather(catalogue, &request.profile);
    watch.enter("reach")?;
    let standing = Standing::of(catalogue, &profile);
    let all = reach::reach(catalogue, &standing, &request.wanted);
    let page: Vec<_> = all
        .iter()
        .skip(request.offset)
        .take(request.top_k)
        .copied()
        .collect();
    watch.enter("lift")?;
    let lifts = reach::lifts(catalogue, &standing, &page, &profile, &request.filter)?;
    watch.enter("explain")?;
    let reached = reach::describe(catalogue, &standing, &page, lifts);
    let credential = |reached: &Reached| {
        reached
            .lift
            .as_ref()
            .map(|lift| catalogue.credentials.record(lift.facts.address))
            .transpose()
    };
    let page = reached.into_iter().map(|reached| {
        Ok((credential(&reached)?, reached)).map(|(credential, reached)| (reached, credential))
    });
    Ok(FoundReachable {
        page: page.collect::<Result<_>>()?,
        total: all.len(),
    })
}

fn recommendation(on: &Explaining<'_>, ranked: Ranked) -> Result<Recommendation> {
    let credential = on
        .catalogue
        .credentials
        .record(ranked.candidate.facts.address)?;
    let explanation = explain::explain(on, &ranked, &credential);
    Ok(Recommendation {
        ranked,
        credential,
        explanation,
    })
}

fn recognised(catalogue: &Catalogue, prior: Vec<Prior>) -> Result<Vec<Recognised>> {
    let whole = |prior: Prior| {
        Ok(Recognised {
            credential: catalogue.credentials.record(prior.facts.address)?,
            prior,
        })
    };
    prior.into_iter().map(whole).collect()
}
