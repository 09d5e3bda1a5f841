//! Equal credentials come in the order of their ids, wherever they lie.

use super::super::Filter;
use super::tests::{credential, data_dir, delete, store, upsert};
use super::*;
use crate::meaning::Vector;
use skillgap_esco::SkillId;
use skillgap_linker::encoder::Encoder;

#[test]
fn ties_go_by_id_however_often_a_credential_was_written() {
    let dir = data_dir();
    let mut writing = store(dir.path());
    let welding = Vector::of(Encoder::carried().unwrap(), "weld metal");
    let found = |catalogue: &Catalogue| {
        let (credentials, filter) = (&catalogue.credentials, Filter::default());
        let id = |place: DocAddress| credentials.id(place).to_owned();
        let near = credentials.near(&welding, &filter, 1).unwrap();
        let bounds = [vec![(SkillId(0), 1.0)]];
        let most = credentials.most_teaching(&bounds, &filter, 0.0, &|_, _, _| 1.0);
        (
            near.into_iter().map(id).collect::<Vec<_>>(),
            most.unwrap()[0].map(|(_, place)| id(place)),
        )
    };
    let same = |id: &str| Credential {
        id: id.to_owned(),
        ..credential("x", 1.0)
    };
    writing
        .apply(vec![upsert(same("a")), upsert(same("b"))])
        .unwrap();
    let first = (vec!["a".to_owned()], Some("a".to_owned()));
    assert_eq!(found(&writing.snapshot()), first);
    writing.apply(vec![delete("a", None)]).unwrap();
    writing.apply(vec![upsert(same("a"))]).unwrap();
    assert_eq!(found(&writing.snapshot()), first);
}
