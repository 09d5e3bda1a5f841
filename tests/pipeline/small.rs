//! Small random catalogues whose every subset can be looked at: what is allowed, what it closes, and what is the best of all.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use skillgap::candidates::{HeldClosure, Needs, Survey, held_closure, survey};
use skillgap::demand::{Demand, Demanded};
use skillgap::gap::{ProfileParts, analyse, gather};
use skillgap::pathway::{
    Budgets, Pathway, Plan, Planning, STEP_ESTIMATED_MIN, STEP_GAP_MIN, STEP_SHARE_MIN, Step, plan,
};
use skillgap::rank::{Persona, Ranked, Ranking, Weights, rank};
use skillgap_catalogue::Catalogue;
use skillgap_catalogue::Filter;
use skillgap_credentials::credential::{
    Credential, Entry, Money, Outcome, PrerequisiteGroup, SkillLink, Workload, texts,
};
use skillgap_esco::{Esco, Labels, Skill, SkillId};

/// Skills of a small case; all are demanded.
pub const N_SKILLS: usize = 8;
/// Most credentials of a small case.
pub const N_CREDENTIALS: usize = 10;

fn uri(row: usize) -> String {
    format!("http://example.org/skill/{row}")
}

/// Skills with labels so different that none is similar to another.
fn esco() -> Esco {
    let labels = [
        "weld pipes",
        "speak to crowds",
        "bake bread",
        "audit accounts",
        "grow tomatoes",
        "repair clocks",
        "nurse infants",
        "drive trams",
    ];
    let skill = |(row, label): (usize, &&str)| Skill {
        uri: uri(row),
        labels: vec![Labels {
            language: "en".to_owned(),
            preferred: (*label).to_owned(),
            alternatives: Vec::new(),
        }],
        ..Skill::default()
    };
    Esco {
        version: "made".to_owned(),
        languages: vec!["en".to_owned()],
        skills: labels.iter().enumerate().map(skill).collect(),
        ..Esco::default()
    }
}

/// A credential of a small case.
#[derive(Clone, Debug, Default)]
pub struct Small {
    /// Skills with how surely they are taught.
    pub teaches: Vec<(usize, f64)>,
    pub hours: Option<u32>,
    /// In euro, or in another currency.
    pub cost: Option<(u32, bool)>,
    /// Prerequisites by number; a number that no credential has is unknown.
    pub before: Vec<usize>,
    /// At least so many of these.
    pub group: Option<(u32, Vec<usize>)>,
    /// Its own parts, and what it is a part of.
    pub parts: Vec<usize>,
    pub part_of: Vec<usize>,
}

pub fn small() -> impl Strategy<Value = Small> {
    let sure = prop_oneof![
        Just(1.0),
        (1..10_u32).prop_map(|tenths| f64::from(tenths) / 10.0),
        Just(0.005)
    ];
    let teaches = prop_oneof![6 => vec((0..N_SKILLS, sure), 1..4), 1 => Just(Vec::new())];
    let sizes = (
        option::weighted(0.8, 0..40_u32),
        option::weighted(0.8, (0..40_u32, prop::bool::weighted(0.8))),
    );
    let some =
        |often: u32| prop_oneof![often => Just(Vec::new()), 1 => vec(0..N_CREDENTIALS + 1, 1..3)];
    let group = option::weighted(0.2, (1..3_u32, vec(0..N_CREDENTIALS + 1, 1..4)));
    (teaches, sizes, some(3), group, some(8), some(8)).prop_map(
        |(teaches, (hours, cost), before, group, parts, part_of)| Small {
            teaches,
            hours,
            cost,
            before,
            group,
            parts,
            part_of,
        },
    )
}

fn credential(number: usize, small: Small) -> Credential {
    let link = |(row, confidence)| SkillLink {
        uri: uri(row),
        confidence: Some(confidence),
        ..SkillLink::default()
    };
    let text = |text: &str| texts([("en", text)]);
    let currency = |euro| if euro { "EUR" } else { "DKK" };
    let ids = |numbers: Vec<usize>| {
        numbers
            .into_iter()
            .filter(|other| *other != number)
            .map(|other| format!("c{other}"))
            .collect::<Vec<_>>()
    };
    // A group may name the credential itself.
    let group = small.group.map(|(held_min, of)| PrerequisiteGroup {
        held_min,
        credential_ids: of.iter().map(|other| format!("c{other}")).collect(),
    });
    Credential {
        id: format!("c{number}"),
        title: text("a course"),
        outcomes: vec![Outcome {
            text: text("an outcome"),
            skills: small.teaches.into_iter().map(link).collect(),
        }],
        workload: Some(Workload {
            hours: small.hours.map(f64::from),
            ..Workload::default()
        }),
        cost: small.cost.map(|(amount, euro)| Money {
            amount: f64::from(amount),
            currency: currency(euro).to_owned(),
        }),
        entry: Some(Entry {
            prerequisites: ids(small.before),
            prerequisite_groups: group.into_iter().collect(),
            ..Entry::default()
        }),
        parts: ids(small.parts),
        part_of: ids(small.part_of),
        ..Credential::default()
    }
}

/// One of few, so that several teach the same and take the same.
pub fn one_of_few() -> impl Strategy<Value = Small> {
    let teaches = prop_oneof![
        Just(vec![(0, 1.0)]),
        Just(vec![(0, 1.0), (1, 0.5)]),
        Just(vec![(2, 1.0)])
    ];
    let hours = prop_oneof![Just(None), Just(Some(7))];
    (small(), teaches, hours).prop_map(|(small, teaches, hours)| Small {
        teaches,
        hours,
        cost: None,
        ..small
    })
}

pub fn budgets() -> impl Strategy<Value = Budgets> {
    let cost = option::of((0..120_u32).prop_map(|amount| Money {
        amount: f64::from(amount),
        currency: "EUR".to_owned(),
    }));
    (
        0..5_usize,
        option::of((0..120_u32).prop_map(f64::from)),
        cost,
    )
        .prop_map(|(count_max, hours_max, cost_max)| Budgets {
            count_max,
            hours_max,
            cost_max,
        })
}

/// One planned case, with all that is needed to check it.
pub struct Case {
    credentials: Vec<Credential>,
    held: BTreeSet<String>,
    needs: Needs,
    budgets: Budgets,
    pub ranked: Vec<Ranked>,
    pub plan: Plan,
    /// The ids of the steps.
    pub steps: Vec<String>,
    /// What each credential adds to each skill.
    covers: Vec<Vec<(usize, f64)>>,
    pub had: HeldClosure,
}

/// Plans with the best `limit` candidates ranked; the pool holds all.
pub fn limited(
    limit: usize,
    small: Vec<Small>,
    weights: &[f64],
    held: Vec<(usize, usize)>,
    budgets: Budgets,
) -> Case {
    without_recognised(&[], limit, small, weights, held, budgets)
}

/// The same with two candidates ranked and nothing held, where what is less likely of use counts for nothing.
pub fn likely(usefulness_min: f64, small: Vec<Small>, budgets: Budgets) -> Case {
    planned(
        &[],
        2,
        usefulness_min,
        small,
        (&[1.0; N_SKILLS], Vec::new()),
        budgets,
    )
}

/// The same where the person can have some credentials recognised: these are steps only for what they unlock.
pub fn without_recognised(
    recognised: &[usize],
    limit: usize,
    small: Vec<Small>,
    weights: &[f64],
    held: Vec<(usize, usize)>,
    budgets: Budgets,
) -> Case {
    planned(recognised, limit, 0.0, small, (weights, held), budgets)
}

fn planned(
    recognised: &[usize],
    limit: usize,
    usefulness_min: f64,
    small: Vec<Small>,
    (weights, held): (&[f64], Vec<(usize, usize)>),
    budgets: Budgets,
) -> Case {
    let credentials: Vec<Credential> = small
        .into_iter()
        .enumerate()
        .map(|(number, small)| credential(number, small))
        .collect();
    let catalogue = Catalogue::in_memory(esco(), credentials.clone()).unwrap();
    let demanded = |(row, weight): (usize, &f64)| Demanded {
        weight: *weight,
        ..Demanded::essential(SkillId(row as u32))
    };
    let demand = Demand::of_skills(weights.iter().enumerate().map(demanded).collect());
    let parts = ProfileParts {
        skills: held
            .iter()
            .map(|(row, _)| (SkillId(*row as u32), None))
            .collect(),
        credentials: held
            .iter()
            .filter_map(|(_, number)| credentials.get(*number).cloned())
            .collect(),
        ..ProfileParts::default()
    };
    let profile = gather(&catalogue, &parts);
    let needs = Needs::of(&analyse(&catalogue, &demand, &profile));
    let (filter, weights) = (Filter::default(), Weights::of(Persona::Learner));
    let had = held_closure(&catalogue, &profile).unwrap();
    let hashes: Vec<u64> = recognised
        .iter()
        .map(|number| skillgap_catalogue::schema::id_hash(&format!("c{number}")))
        .collect();
    let left_out = catalogue.credentials.with_ids(&hashes, &filter).unwrap();
    let wanted = Survey {
        filter: &filter,
        limit,
        left_out: &left_out,
        sizes: budgets.sizes(None),
    };
    let found = survey(&catalogue, &needs, &had, &wanted).unwrap();
    let ranking = Ranking {
        needs: &needs,
        profile: &profile,
        filter: &filter,
        persona: Persona::Learner,
        weights: &weights,
    };
    let ranked = rank(found.candidates, &ranking);
    let planning = Planning {
        usefulness_min,
        catalogue: &catalogue,
        ranking: &ranking,
        filter: &filter,
        held: &had,
        ranked: &ranked,
        pool: &found.pool,
        budgets: &budgets,
    };
    let plan = plan(&planning).unwrap();
    let id = |step: &Step| {
        catalogue
            .credentials
            .record(plan.credential(&ranked, step.at).candidate.facts.address)
            .unwrap()
            .id
    };
    let steps = plan.best.steps.iter().map(id).collect();
    let taught = |(number, credential): (usize, &Credential)| {
        let covered = needs.covered(
            &skillgap_catalogue::schema::taught(credential, &catalogue.esco),
            &[],
        );
        // All is surely asked for, so that what covers most says how likely it is of use.
        let likely = covered
            .iter()
            .map(|covered| covered.coverage)
            .fold(0.0, f64::max);
        covered
            .iter()
            .filter(|_| !recognised.contains(&number) && likely >= usefulness_min)
            .map(|covered| (covered.at, covered.coverage))
            .collect()
    };
    let covers = credentials.iter().enumerate().map(taught).collect();
    let held = parts
        .credentials
        .iter()
        .map(|credential| credential.id.clone())
        .collect();
    Case {
        credentials,
        held,
        needs,
        budgets,
        ranked,
        plan,
        steps,
        covers,
        had,
    }
}

pub fn case(
    small: Vec<Small>,
    weights: &[f64],
    held: Vec<(usize, usize)>,
    budgets: Budgets,
) -> Case {
    limited(100, small, weights, held, budgets)
}

impl Case {
    pub fn pathway(&self) -> &Pathway {
        &self.plan.best
    }

    /// What a set of credentials closes, from their covers.
    fn closure(&self, set: &[usize]) -> f64 {
        let best = |at: usize| {
            let covers = set.iter().flat_map(|member| &self.covers[*member]);
            covers
                .filter(|(covered, _)| *covered == at)
                .map(|(_, coverage)| *coverage)
                .fold(self.needs.held(at), f64::max)
        };
        self.needs
            .closure((0..self.needs.n_items()).map(|at| (at, best(at))))
    }

    /// The ids that having some ids gives: themselves, and all that they contain at any depth.
    fn with_parts(&self, ids: impl IntoIterator<Item = String>) -> BTreeSet<String> {
        let mut all: BTreeSet<String> = ids.into_iter().collect();
        loop {
            let listed = self
                .credentials
                .iter()
                .filter(|whole| all.contains(&whole.id))
                .flat_map(|whole| whole.parts.clone());
            let saying = self
                .credentials
                .iter()
                .filter(|part| part.part_of.iter().any(|id| all.contains(id)))
                .map(|part| part.id.clone());
            let new: Vec<String> = listed
                .chain(saying)
                .filter(|id| !all.contains(id))
                .collect();
            if new.is_empty() {
                return all;
            }
            all.extend(new);
        }
    }

    /// Whether a set is within the budgets, has nothing twice (held, or within another), and can be put in an order in which prerequisites come first.
    pub fn allows(&self, set: &[usize]) -> bool {
        let members = || set.iter().map(|at| &self.credentials[*at]);
        let hours: f64 = members()
            .map(|credential| credential.hours_at_most().unwrap_or(0.0))
            .sum();
        let euro = |credential: &Credential| {
            credential
                .cost
                .as_ref()
                .filter(|cost| cost.currency == "EUR")
                .map_or(0.0, |cost| cost.amount)
        };
        let cost: f64 = members().map(euro).sum();
        let mut known = self.with_parts(self.held.iter().cloned());
        if members().any(|credential| known.contains(&credential.id)) {
            return false;
        }
        let within = |a: &Credential, b: &Credential| {
            a.id != b.id && self.with_parts([b.id.clone()]).contains(&a.id)
        };
        if members().any(|a| members().any(|b| within(a, b))) {
            return false;
        }
        let ready = |credential: &Credential, known: &BTreeSet<String>| {
            let mut own = self.with_parts([credential.id.clone()]);
            own.remove(&credential.id);
            let had = |id: &&String| known.contains(*id) || own.contains(*id);
            credential.prerequisites().iter().all(|id| had(&id))
                && credential.prerequisite_groups().iter().all(|group| {
                    let n_had = group.credential_ids.iter().filter(had).count();
                    n_had >= group.held_min as usize
                })
        };
        for _ in set {
            let next: Vec<String> = members()
                .filter(|credential| ready(credential, &known))
                .map(|credential| credential.id.clone())
                .collect();
            known = self.with_parts(known.into_iter().chain(next));
        }
        set.len() <= self.budgets.count_max
            && self.budgets.hours_max.is_none_or(|most| hours <= most)
            && self
                .budgets
                .cost_max
                .as_ref()
                .is_none_or(|most| cost <= most.amount)
            && members()
                .all(|credential| known.contains(&credential.id) && ready(credential, &known))
    }

    /// What all credentials that are not had close together.
    fn closure_of_all(&self) -> f64 {
        let known = self.with_parts(self.held.iter().cloned());
        self.closure(
            &(0..self.credentials.len())
                .filter(|at| !known.contains(&self.credentials[*at].id))
                .collect::<Vec<_>>(),
        )
    }

    /// The most that any allowed set of the whole catalogue closes.
    fn best(&self) -> f64 {
        let n = self.credentials.len();
        let sets = (0..1_usize << n)
            .map(|bits| (0..n).filter(|at| bits >> at & 1 == 1).collect::<Vec<_>>());
        let small = sets.filter(|set| set.len() <= self.budgets.count_max);
        small
            .map(|set| (self.closure(&set), set))
            .fold(0.0, |best, (closure, set)| {
                if closure > best && self.allows(&set) {
                    closure
                } else {
                    best
                }
            })
    }

    fn numbers(&self) -> Vec<usize> {
        let number = |id: &String| {
            self.credentials
                .iter()
                .position(|credential| credential.id == *id)
                .unwrap()
        };
        self.steps.iter().map(number).collect()
    }

    pub fn check(&self) -> Result<(), TestCaseError> {
        let (pathway, set) = (self.pathway(), self.numbers());
        prop_assert_eq!(
            set.iter().collect::<BTreeSet<_>>().len(),
            set.len(),
            "a step is taken twice"
        );
        for taken in 0..=set.len() {
            prop_assert!(
                self.allows(&set[..taken]),
                "a budget is exceeded, or a prerequisite comes late: {:?}",
                pathway
            );
        }
        let least = (STEP_SHARE_MIN * self.closure_of_all()).max(STEP_GAP_MIN);
        for (nth, step) in pathway.steps.iter().enumerate() {
            let needed = || step.for_later && !self.allows(&without(&set, nth));
            prop_assert!(
                (0.0..=1.0).contains(&step.marginal) && (step.marginal >= least - 1e-6 || needed()),
                "{:?}",
                pathway
            );
        }
        let marginals: f64 = pathway.steps.iter().map(|step| step.marginal).sum();
        prop_assert!((marginals - pathway.closure).abs() < 1e-9);
        prop_assert!((self.closure(&set) - pathway.closure).abs() < 1e-9);
        prop_assert!(
            pathway.closure <= pathway.closure_upper_bound && pathway.closure_upper_bound <= 1.0
        );
        let best = self.best();
        prop_assert!(
            pathway.closure <= best + 1e-9,
            "{} of {best}",
            pathway.closure
        );
        prop_assert!(
            pathway.closure_upper_bound >= best - 1e-9,
            "bound {} below {best}",
            pathway.closure_upper_bound
        );
        // So few are searched whole: nothing is missing but steps that are not worth a course, and what is given up to be surer.
        let small_steps = least.max(STEP_ESTIMATED_MIN) * self.budgets.count_max as f64;
        prop_assert!(
            pathway.closure >= 0.93 * best - small_steps,
            "{} of {best}",
            pathway.closure
        );
        Ok(())
    }
}

fn without(set: &[usize], nth: usize) -> Vec<usize> {
    set.iter()
        .enumerate()
        .filter(|(at, _)| *at != nth)
        .map(|(_, member)| *member)
        .collect()
}

impl Case {
    /// The number of the credential at a position of the plan.
    pub fn number(&self, at: usize) -> usize {
        let hash = self
            .plan
            .credential(&self.ranked, at)
            .candidate
            .facts
            .id_hash;
        self.credentials
            .iter()
            .position(|credential| skillgap_catalogue::schema::id_hash(&credential.id) == hash)
            .unwrap()
    }

    /// Closure and trust up, hours and cost down, with (not stated, sum) for each of the latter.
    fn values(&self, pathway: &Pathway) -> [f64; 6] {
        let members: Vec<&Credential> = pathway
            .steps
            .iter()
            .map(|step| &self.credentials[self.number(step.at)])
            .collect();
        let hours: Vec<f64> = members
            .iter()
            .filter_map(|credential| credential.hours())
            .collect();
        let most = self.budgets.cost_max.is_some();
        let cost = |credential: &&Credential| {
            credential
                .cost
                .clone()
                .filter(|cost| !most || cost.currency == "EUR" || cost.amount == 0.0)
        };
        let costs: Vec<f64> = members
            .iter()
            .filter_map(cost)
            .map(|cost| cost.amount)
            .collect();
        let n = members.len() as f64;
        let (no_hours, no_costs) = (n - hours.len() as f64, n - costs.len() as f64);
        [
            pathway.closure,
            pathway.trust,
            -no_hours,
            -hours.iter().sum::<f64>(),
            -no_costs,
            -costs.iter().sum::<f64>(),
        ]
    }

    /// In a case with one currency only: at least as good in everything, and better in something.
    pub fn beats(&self, a: &Pathway, b: &Pathway) -> bool {
        let one_currency = self.budgets.cost_max.is_some();
        let (a, b) = (self.values(a), self.values(b));
        let pairs = || a.iter().zip(&b);
        one_currency && pairs().all(|(a, b)| *a >= b - 1e-9) && pairs().any(|(a, b)| *a > b + 1e-8)
    }
}

/// The case without anything held, with every weight 1.
pub fn plain(small: Vec<Small>, budgets: Budgets) -> Case {
    case(small, &[1.0; N_SKILLS], Vec::new(), budgets)
}

pub fn up_to(count_max: usize) -> Budgets {
    Budgets {
        count_max,
        ..Budgets::default()
    }
}

pub fn teaching(teaches: &[(usize, f64)]) -> Small {
    Small {
        teaches: teaches.to_vec(),
        ..Small::default()
    }
}
