//! The query for credentials of which one way to take part fulfils all that is asked of offers.

use std::sync::Arc;

use tantivy::query::doc_predicate_query::{DocPredicateQuery, FunctionPredicate};
use tantivy::query::{AllQuery, BooleanQuery, EmptyQuery, Occur, Query};
use tantivy::{DocId, SegmentReader, TantivyError};

use crate::facts::Filter;
use crate::offers::chosen;
use crate::segment::Segment;

/// Credentials of which one way fulfils all that the filter asks of offers. `plain` asks the same of the columns of single facts, for those
/// that keep no offers.
pub(crate) fn offered(
    segments: &[Arc<Segment>],
    filter: &Filter,
    mut plain: Vec<Box<dyn Query>>,
) -> Option<Box<dyn Query>> {
    let asks_more = filter.asks_for_more_than_columns();
    if !asks_more && plain.is_empty() {
        return None;
    }
    if asks_more && !filter.include_unknown {
        // What is online is near; of the rest nothing is stated that is asked for.
        let only_near = filter.near.is_some() && filter.asks_only_near();
        plain.push(match only_near {
            true => Box::new(predicate(segments, |segment, document| {
                segment.is_online(document)
            })),
            false => Box::new(EmptyQuery),
        });
    }
    let keeps = |segment: &Arc<Segment>| segment.keeps_offers();
    if !segments.iter().any(keeps) {
        return Some(Box::new(BooleanQuery::intersection(plain)));
    }
    plain.push(Box::new(AllQuery));
    let none_kept = predicate(segments, |segment, document| !segment.has_offers(document));
    let mut plain: Vec<_> = plain
        .into_iter()
        .map(|query| (Occur::Must, query))
        .collect();
    plain.push((Occur::Must, Box::new(none_kept)));
    let filter = filter.clone();
    let fitting = predicate(segments, move |segment, document| {
        let kept = segment.offers_of(document);
        kept.is_some_and(|kept| chosen(&kept, &filter).is_some())
    });
    Some(Box::new(BooleanQuery::union(vec![
        Box::new(BooleanQuery::new(plain)),
        Box::new(fitting),
    ])))
}

/// A query by what is in memory of a segment.
fn predicate(
    segments: &[Arc<Segment>],
    passes: impl Fn(&Segment, DocId) -> bool + Clone + Send + Sync + 'static,
) -> impl Query {
    let segments = segments.to_vec();
    DocPredicateQuery::from(FunctionPredicate::from(move |reader: &SegmentReader| {
        let mut all = segments.iter();
        let found = all.find(|segment| segment.id == reader.segment_id());
        let missing = || TantivyError::InternalError("a segment that is not open".to_owned());
        let (segment, passes) = (Arc::clone(found.ok_or_else(missing)?), passes.clone());
        Ok(move |document: DocId| passes(&segment, document))
    }))
}
