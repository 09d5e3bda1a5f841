//! Figures of the market: numbers, and what they mean in a sentence.

use skillgap_market::{Answer, Break, Cell, Change, Market, OccupationDemand, SkillDemand, Trend};

use super::Presenter;
use crate::api::wire;

/// The cell that is told about.
pub(in crate::api) fn cell(market: &Market, asked: &Cell, answer: &Answer) -> wire::MarketCell {
    let period = &market.periods().now;
    let has_period = period.start < period.end;
    let month = |month: i32| {
        let month = skillgap_market::Month(month).to_string();
        if has_period { month } else { String::new() }
    };
    wire::MarketCell {
        region_code: answer.cell.region.clone(),
        isco_group: answer.cell.isco.to_string(),
        nace_section: answer.cell.nace.map(String::from).unwrap_or_default(),
        is_larger: answer.cell != *asked,
        jobs: answer.jobs,
        jobs_before: answer.jobs_before,
        employers: answer.employers,
        effective_employers: (answer.employers_effective * 10.0).round() / 10.0,
        agency_share: answer.agencies,
        is_partial: answer.is_partial,
        first_month: month(period.start.0),
        last_month: month(period.end.0 - 1),
    }
}

/// What all figures have.
struct Figure {
    jobs: u32,
    share: [f64; 3],
    trend: Trend,
    change: Option<Change>,
}

impl Presenter<'_> {
    /// A skill by URI, of this or a former version of ESCO; nothing where it is gone.
    pub(in crate::api) fn skill_of(self, uri: &str) -> Option<wire::ConceptRef> {
        let esco = &self.catalogue.esco;
        let skill = esco.skill_by_uri(esco.led_on(uri))?;
        Some(self.skill(skill))
    }

    pub(in crate::api) fn skill_figure(self, of: &SkillDemand, label: &str) -> wire::DemandFigure {
        let figure = Figure {
            jobs: of.jobs,
            share: [of.share, of.low, of.high],
            trend: of.trend,
            change: of.change,
        };
        let share = self.words.percent(of.share);
        let said = self
            .words
            .say("market.skill", &[("share", &share), ("skill", label)]);
        self.figure(&figure, said)
    }

    pub(in crate::api) fn occupation_figure(self, of: &OccupationDemand) -> wire::DemandFigure {
        let figure = Figure {
            jobs: of.jobs,
            share: [of.share, of.low, of.high],
            trend: of.trend,
            change: of.change,
        };
        let share = self.words.percent(of.share);
        let isco = of.isco.to_string();
        let values = [("share", share.as_str()), ("isco", &isco)];
        let said = self
            .words
            .count("market.occupation", f64::from(of.jobs), &values);
        self.figure(&figure, said)
    }

    fn figure(self, of: &Figure, said: String) -> wire::DemandFigure {
        let thousandths = |share: f64| (share * 1_000.0).round() / 1_000.0;
        let [share, low, high] = of.share.map(thousandths);
        wire::DemandFigure {
            jobs: of.jobs,
            share,
            share_low: low,
            share_high: high,
            trend: trend(of.trend).into(),
            text: format!("{said} {}", self.trend_text(of.trend, of.change)),
            change: of.change.map(|change| wire::ShareChange {
                points: change.points,
                points_low: change.low,
                points_high: change.high,
            }),
        }
    }

    fn trend_text(self, trend: Trend, change: Option<Change>) -> String {
        let points = |points: f64| self.words.number((points * 1_000.0).round() / 10.0);
        let change = change
            .map(|of| [of.points, of.low, of.high])
            .unwrap_or_default();
        let [by, low, high] = match trend {
            Trend::Declining => [-change[0], -change[2], -change[1]],
            _ => change,
        }
        .map(points);
        let values = [("points", by.as_str()), ("low", &low), ("high", &high)];
        let key = match trend {
            Trend::TooLittle => "market.trend.too_little",
            Trend::Broken(Break::Sources) => "market.trend.sources",
            Trend::Broken(Break::Versions) => "market.trend.versions",
            Trend::Steady => "market.trend.steady",
            Trend::Growing => "market.trend.growing",
            Trend::Declining => "market.trend.declining",
            Trend::New => "market.trend.new",
        };
        self.words.say(key, &values)
    }

    /// What a reader of figures must know.
    pub(in crate::api) fn market_notes(
        self,
        market: Option<&Market>,
        asked: &Cell,
        answer: &Answer,
    ) -> Vec<String> {
        if market.is_none() {
            return vec![self.words.say("market.off", &[])];
        }
        if answer.jobs == 0 {
            return vec![self.words.say("market.nothing", &[])];
        }
        let larger = (answer.cell != *asked).then(|| self.larger(&answer.cell));
        let ads = self.words.say("market.ads", &[]);
        larger.into_iter().chain([ads]).collect()
    }

    /// Says which larger cell is told about.
    fn larger(self, cell: &Cell) -> String {
        let everything = self.words.text("market.all");
        let or_all = |code: String| {
            if code.is_empty() {
                everything.to_owned()
            } else {
                code
            }
        };
        let (region, isco) = (or_all(cell.region.clone()), or_all(cell.isco.to_string()));
        let values = [("region", region.as_str()), ("isco", &isco)];
        self.words.say("market.larger", &values)
    }

    /// What a region asks for of an occupation.
    pub(in crate::api) fn occupation_market(
        self,
        cell: wire::MarketCell,
        demand: &OccupationDemand,
    ) -> wire::OccupationMarket {
        wire::OccupationMarket {
            cell: Some(cell),
            isco_group: demand.isco.to_string(),
            figure: Some(self.occupation_figure(demand)),
        }
    }
}

fn trend(trend: Trend) -> wire::DemandTrend {
    match trend {
        Trend::TooLittle => wire::DemandTrend::TooLittle,
        Trend::Broken(Break::Sources) => wire::DemandTrend::BrokenBySources,
        Trend::Broken(Break::Versions) => wire::DemandTrend::BrokenByVersions,
        Trend::Steady => wire::DemandTrend::Steady,
        Trend::Growing => wire::DemandTrend::Growing,
        Trend::Declining => wire::DemandTrend::Declining,
        Trend::New => wire::DemandTrend::New,
    }
}
