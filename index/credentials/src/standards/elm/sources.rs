//! `Sources`: the nodes that one record of the European Learning Model is made from.

use super::super::nodes::Node;

/// What a record is made from; each may be nothing.
#[derive(Clone, Copy)]
pub(super) struct Sources<'a> {
    /// The learning opportunity: where, when, for how much.
    pub opportunity: Node<'a>,
    /// The qualification or achievement specification: what it is worth.
    pub specification: Node<'a>,
    /// The achievement of a person, in an award.
    pub claim: Node<'a>,
    /// The award as a whole.
    pub award: Node<'a>,
}

impl<'a> Sources<'a> {
    /// Nothing of the document of a node.
    pub fn none(node: Node<'a>) -> Self {
        let nothing = node.nothing();
        Self {
            opportunity: nothing,
            specification: nothing,
            claim: nothing,
            award: nothing,
        }
    }

    pub fn of_opportunity(node: Node<'a>) -> Self {
        let specification = node.at("learningAchievementSpecification");
        Self {
            opportunity: node,
            specification: if specification.is_node() {
                specification
            } else {
                node.nothing()
            },
            ..Self::none(node)
        }
    }

    pub fn of_specification(node: Node<'a>) -> Self {
        Self {
            specification: node,
            ..Self::none(node)
        }
    }

    pub fn of_claim(claim: Node<'a>, award: Node<'a>) -> Self {
        // An activity is specified by itself: it has no outcomes and no level.
        let specification = match claim.is_a("LearningAchievement") {
            true => claim.at("specifiedBy"),
            false => claim.nothing(),
        };
        Self {
            specification,
            claim,
            award,
            ..Self::none(claim)
        }
    }

    /// What describes the offer, and not a person's part in it.
    pub fn offered(&self) -> [Node<'a>; 2] {
        [self.opportunity, self.specification]
    }

    /// The parts of the claim, the opportunity or the specification, as they are written there.
    pub fn parts(&self) -> Vec<Node<'a>> {
        let mut wholes = [self.claim, self.opportunity, self.specification].into_iter();
        let whole = wholes.find(|whole| whole.is_node());
        whole.map_or(Vec::new(), |whole| whole.list("hasPart").collect())
    }
}
