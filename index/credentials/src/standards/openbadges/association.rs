//! `Associations`: how the achievements of a learner record belong together. What is parent of another has it as its part.

use std::collections::HashMap;

use super::super::draft::{Draft, push_new};
use super::super::nodes::Node;

/// Associations by the achievement that they are told of.
#[derive(Default)]
pub(super) struct Associations<'a> {
    of: HashMap<&'a str, Vec<Association<'a>>>,
}

#[derive(Clone, Copy)]
enum Association<'a> {
    Part(&'a str),
    Whole(&'a str),
    /// Any other type, and the achievement at its other end.
    Other(&'a str, &'a str),
}

impl<'a> Associations<'a> {
    /// Those of the subject of a record. An award in it stands for its achievement.
    pub(super) fn of(subject: Node<'a>) -> Self {
        let awards = subject.list("verifiableCredential").filter_map(|award| {
            let achievement = award.at("credentialSubject").at("achievement");
            Some((award.id()?, achievement.id()?))
        });
        let awards: HashMap<&str, &str> = awards.collect();
        let mut all = Self::default();
        for stated in subject.list("association") {
            let end = |name| {
                let id = stated.at(name).id()?;
                Some(awards.get(id).copied().unwrap_or(id))
            };
            let kind = stated.get("associationType").as_str().unwrap_or_default();
            let (Some(source), Some(target)) = (end("sourceId"), end("targetId")) else {
                continue;
            };
            let mut tell = |of, association| all.of.entry(of).or_default().push(association);
            match kind {
                "isParentOf" => {
                    tell(source, Association::Part(target));
                    tell(target, Association::Whole(source));
                }
                "isChildOf" | "isPartOf" => {
                    tell(source, Association::Whole(target));
                    tell(target, Association::Part(source));
                }
                kind => tell(source, Association::Other(kind, target)),
            }
        }
        all
    }

    /// Takes those of an achievement; one that no field is for is a doubt.
    pub(super) fn relate(&self, achievement: Node<'_>, draft: &mut Draft) {
        let told = achievement.id().and_then(|id| self.of.get(id));
        for association in told.into_iter().flatten() {
            match *association {
                Association::Part(id) => push_new(&mut draft.credential.parts, id.to_owned()),
                Association::Whole(id) => push_new(&mut draft.credential.part_of, id.to_owned()),
                Association::Other(kind, id) => {
                    let stated = format!("{kind} {id}");
                    draft.doubt(
                        "stackability",
                        &stated,
                        "an association that no field is for",
                    );
                }
            }
        }
    }
}
