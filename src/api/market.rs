//! MarketService: what jobs ask for, and how that moves.

use std::sync::{Arc, LazyLock};

use skillgap_market::{
    Answer, Cell, IscoCode, Market, OccupationDemand, SkillDemand, Table, Trend,
};

use super::check::Check;
use super::present::{self, Presenter, market};
use super::{View, wire};
use crate::error::Result;

/// Skills and occupations where the caller does not say.
const TOP_K_USUAL: usize = 20;
/// Digits of an ISCO code.
const DIGITS_MAX: usize = 4;
/// Letters of a NUTS code.
const REGION_BYTES_MAX: usize = 5;

/// What a service answers from that counts no market.
static NONE: LazyLock<Market> = LazyLock::new(Market::default);

/// Lists the skills that the jobs of a cell ask for.
///
/// # Errors
/// As every method.
pub fn list_skill_demand(
    view: &View<'_>,
    mut request: wire::ListSkillDemandRequest,
) -> Result<wire::ListSkillDemandResponse> {
    view.watch.enter("check")?;
    let mut check = Check::new(view);
    check.answer_language(&mut request.language_code);
    let mut cell = check.cell(
        &request.region_code,
        &request.isco_group,
        &request.nace_section,
    );
    if !request.occupation_uri.is_empty() {
        if !request.isco_group.is_empty() {
            check.refuse("occupation_uri", "cannot be given together with isco_group");
        }
        cell.isco = check.isco_of("occupation_uri", &request.occupation_uri);
    }
    let most = view.limits.top_k_max;
    let top_k = check.wanted("top_k", request.top_k, TOP_K_USUAL, most);
    let accepted = check.done()?;
    view.watch.enter("count")?;
    let of = view.market.unwrap_or(&NONE);
    let answer = of.answer(&cell);
    view.watch.enter("present")?;
    let presenter = Presenter::new(view, &accepted);
    let told = answer.skills.iter();
    let told = told.filter(|of| !(request.exclude_declining && of.trend == Trend::Declining));
    let told: Vec<(&SkillDemand, wire::ConceptRef)> = told
        .filter_map(|demand| {
            Some((
                demand,
                presenter.skill_of(of.names().text(Table::Skill, demand.skill))?,
            ))
        })
        .collect();
    let skills = told
        .iter()
        .take(top_k)
        .map(|(demand, skill)| wire::SkillDemand {
            figure: Some(presenter.skill_figure(demand, &skill.label)),
            skill: Some(skill.clone()),
        });
    let months = answer.months.iter().map(|(month, jobs)| wire::MonthlyJobs {
        month: month.to_string(),
        jobs: *jobs,
    });
    Ok(wire::ListSkillDemandResponse {
        skills: skills.collect(),
        months: months.collect(),
        total_size: told.len() as u32,
        withheld_size: answer.n_withheld,
        notes: presenter.market_notes(view.market, &cell, &answer),
        cell: Some(market::cell(of, &cell, &answer)),
        context: present::context(view, accepted, &[]),
    })
}

/// Lists the occupations that the jobs of a cell are for.
///
/// # Errors
/// As every method.
pub fn list_occupation_demand(
    view: &View<'_>,
    mut request: wire::ListOccupationDemandRequest,
) -> Result<wire::ListOccupationDemandResponse> {
    view.watch.enter("check")?;
    let mut check = Check::new(view);
    check.answer_language(&mut request.language_code);
    let cell = check.cell(
        &request.region_code,
        &request.isco_group,
        &request.nace_section,
    );
    let digits = check.wanted("digits", request.digits, DIGITS_MAX, DIGITS_MAX);
    let most = view.limits.top_k_max;
    let top_k = check.wanted("top_k", request.top_k, TOP_K_USUAL, most);
    let accepted = check.done()?;
    view.watch.enter("count")?;
    let of = view.market.unwrap_or(&NONE);
    let answer = of.answer(&cell);
    let all = of.occupations(&answer.cell, digits);
    view.watch.enter("present")?;
    let presenter = Presenter::new(view, &accepted);
    let told: Vec<&OccupationDemand> = all
        .iter()
        .filter(|of| !(request.exclude_declining && of.trend == Trend::Declining))
        .collect();
    let occupations = told
        .iter()
        .take(top_k)
        .map(|demand| wire::OccupationDemand {
            isco_group: demand.isco.to_string(),
            figure: Some(presenter.occupation_figure(demand)),
        });
    Ok(wire::ListOccupationDemandResponse {
        occupations: occupations.collect(),
        total_size: told.len() as u32,
        notes: presenter.market_notes(view.market, &cell, &answer),
        cell: Some(market::cell(of, &cell, &answer)),
        context: present::context(view, accepted, &[]),
    })
}

/// What the market asks for of one occupation: of the region or a larger one, of the occupation or its group.
pub(super) struct OccupationFact {
    /// What is told of the cell.
    answer: Arc<Answer>,
    /// The cell that was asked about.
    asked: Cell,
    /// The figure.
    pub demand: OccupationDemand,
}

impl OccupationFact {
    /// The cell that is told about.
    pub(super) fn cell(&self, of: &Market) -> wire::MarketCell {
        market::cell(of, &self.asked, &self.answer)
    }

    /// Looks it up; nothing where there is too little to tell.
    pub(super) fn of(market: &Market, region: &str, isco: &str) -> Option<Self> {
        let isco = IscoCode::parse(isco).filter(|code| code.digits() > 0)?;
        let (cell, demand) = market.occupation(region, isco)?;
        let asked = Cell {
            region: region.to_owned(),
            ..Cell::default()
        };
        Some(Self {
            answer: market.answer(&cell),
            asked,
            demand,
        })
    }
}

impl Check<'_> {
    /// The beginning of a NUTS code.
    pub(super) fn region(&mut self, field: &str, code: &str) -> String {
        let is_code = code.len() <= REGION_BYTES_MAX
            && code.len() != 1
            && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !is_code {
            self.refuse(
                field,
                "must be the beginning of a NUTS code such as DE or DE21",
            );
        }
        code.to_ascii_uppercase()
    }

    fn cell(&mut self, region: &str, isco: &str, nace: &str) -> Cell {
        let code = IscoCode::parse(isco);
        if code.is_none() {
            self.refuse("isco_group", "must be 1 to 4 digits of an ISCO-08 code");
        }
        let section = nace
            .chars()
            .next()
            .map(|letter| letter.to_ascii_uppercase());
        if nace.len() > 1
            || section.is_some_and(|letter| !letter.is_ascii_uppercase() || letter > 'U')
        {
            self.refuse("nace_section", "must be a letter from A to U");
        }
        Cell {
            region: self.region("region_code", region),
            isco: code.unwrap_or_default(),
            nace: section,
        }
    }

    /// The ISCO group of an occupation.
    fn isco_of(&mut self, field: &'static str, uri: &str) -> IscoCode {
        let catalogue = self.view.catalogue;
        let uri = self.uri_that_counts(field, uri);
        let found = catalogue.esco.occupation_by_uri(&uri);
        let occupation = found.and_then(|id| catalogue.esco.occupations.get(id.row()));
        let Some(occupation) = occupation else {
            self.missing(field, crate::error::Resource::Occupation);
            return IscoCode::default();
        };
        IscoCode::parse(&occupation.isco_group).unwrap_or_default()
    }
}
