//! Searching a catalogue that changes: order, counts, and pages that go on where they ended.

use std::collections::BTreeSet;

use skillgap::rpc::wire::{
    Accreditation, CompareCredentialsRequest, Constraints, Credential, CredentialOrder,
    DeliveryMode, LocalizedText, Money, SearchCredentialsRequest, SearchCredentialsResponse,
    SignalValue, TrustSignal, UpsertCredentialsRequest,
};
use skillgap::serve::Source;

use crate::support::{Service, config, small_generation, violated};

fn credential(id: &str, title: &str) -> Credential {
    let title = vec![LocalizedText {
        language: "en".to_owned(),
        text: title.to_owned(),
    }];
    Credential {
        id: id.to_owned(),
        title,
        ..Default::default()
    }
}

fn eur(amount: f64) -> Option<Money> {
    Some(Money {
        amount,
        currency: "EUR".to_owned(),
    })
}

/// Five credentials, of which none states everything.
fn five() -> Vec<Credential> {
    let accredited = TrustSignal {
        signal: "provider_accredited".to_owned(),
        value: SignalValue::Yes.into(),
        source: "register".to_owned(),
        ..Default::default()
    };
    let dkk = Some(Money {
        amount: 1.0,
        currency: "DKK".to_owned(),
    });
    vec![
        Credential {
            hours: Some(20.0),
            cost: eur(50.0),
            countries: vec!["DE".to_owned()],
            ..credential("a", "éclair baking")
        },
        Credential {
            hours: Some(5.0),
            cost: dkk,
            countries: vec!["DE".to_owned(), "AT".to_owned()],
            ..credential("b", "Welding")
        },
        Credential {
            modified: "2026-05-01".to_owned(),
            sector: Some("Crafts".to_owned()),
            ..credential("c", "Zinc welding for all")
        },
        Credential {
            modified: "2026-06-01".to_owned(),
            trust_signals: vec![accredited],
            eqf_level: Some(3),
            ..credential("d", "Accounts")
        },
        Credential {
            hours: Some(5.0),
            cost: eur(7.0),
            mode: Some(DeliveryMode::Online.into()),
            ..credential("e", "Baking and welding")
        },
    ]
}

async fn served() -> (tempfile::TempDir, Service) {
    let dir = tempfile::tempdir().unwrap();
    small_generation(dir.path(), &[]);
    let service = Service::start_with(config(), Source::DataDir(dir.path().to_path_buf())).await;
    write(&service, five()).await;
    (dir, service)
}

async fn write(service: &Service, credentials: Vec<Credential>) {
    let messages: Vec<_> = credentials
        .into_iter()
        .map(|credential| UpsertCredentialsRequest {
            credential: Some(credential),
        })
        .collect();
    let answer = service
        .catalogue()
        .upsert_credentials(tokio_stream::iter(messages))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(answer.refused, 0, "{answer:?}");
}

async fn search(service: &Service, request: SearchCredentialsRequest) -> SearchCredentialsResponse {
    service
        .catalogue()
        .search_credentials(request)
        .await
        .unwrap()
        .into_inner()
}

fn ids(answer: &SearchCredentialsResponse) -> String {
    answer
        .credentials
        .iter()
        .map(|credential| credential.id.as_str())
        .collect()
}

#[tokio::test]
async fn hits_come_in_the_order_asked_for_and_what_is_not_stated_comes_last() {
    let (_dir, service) = served().await;
    for (order, expected) in [
        (CredentialOrder::Unspecified, "abcde"),
        (CredentialOrder::Title, "deabc"),
        (CredentialOrder::Hours, "beacd"),
        (CredentialOrder::Cost, "beacd"),
        (CredentialOrder::Modified, "dcabe"),
    ] {
        let found = search(
            &service,
            SearchCredentialsRequest {
                order: order.into(),
                ..Default::default()
            },
        )
        .await;
        assert_eq!(ids(&found), expected, "{order:?}");
    }
    let found = search(
        &service,
        SearchCredentialsRequest {
            text: "welding".to_owned(),
            ..Default::default()
        },
    )
    .await;
    assert_eq!(
        ids(&found),
        "bec",
        "the shortest title that has the word comes first"
    );
    let wrong = SearchCredentialsRequest {
        order: 9,
        sectors: vec![String::new()],
        ..Default::default()
    };
    assert_eq!(
        violated(service.catalogue().search_credentials(wrong).await),
        ["sectors[0]", "order"]
    );
}

#[tokio::test]
async fn all_hits_are_counted_by_their_facts_and_what_is_not_stated_too() {
    let (_dir, service) = served().await;
    let found = search(
        &service,
        SearchCredentialsRequest {
            page_size: 1,
            facets: true,
            ..Default::default()
        },
    )
    .await;
    let shown: Vec<String> = found
        .facets
        .iter()
        .map(|facet| {
            let values: Vec<String> = facet
                .values
                .iter()
                .map(|value| format!("{} {}", value.name, value.value))
                .collect();
            format!(
                "{}: {} | {}",
                facet.name,
                values.join(", "),
                facet.not_stated
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            "countries: DE 2, AT 1 | 3",
            "sector: Crafts 1 | 4",
            "eqfLevel: 3 1 | 4",
            "mode: online 1 | 4",
            "languages:  | 5",
            "accredited: yes 1 | 4"
        ]
    );
    let crafts = SearchCredentialsRequest {
        sectors: vec!["Crafts".to_owned()],
        facets: true,
        ..Default::default()
    };
    let found = search(&service, crafts).await;
    assert_eq!((ids(&found).as_str(), found.facets[0].not_stated), ("c", 1));
    assert!(
        search(&service, SearchCredentialsRequest::default())
            .await
            .facets
            .is_empty()
    );
}

#[tokio::test]
async fn pages_go_on_where_they_ended_whatever_is_written_meanwhile() {
    let (_dir, service) = served().await;
    let many = |from: usize, to: usize| {
        (from..to)
            .map(|at| credential(&format!("n{at:03}"), &format!("Course {at:03}")))
            .collect::<Vec<_>>()
    };
    write(&service, many(0, 40)).await;
    for order in [
        CredentialOrder::Unspecified,
        CredentialOrder::Title,
        CredentialOrder::Hours,
        CredentialOrder::Cost,
    ] {
        let (mut seen, mut token, mut pages) = (Vec::new(), String::new(), 0);
        loop {
            let request = SearchCredentialsRequest {
                page_size: 7,
                order: order.into(),
                page_token: token,
                ..Default::default()
            };
            let page = search(&service, request).await;
            seen.extend(page.credentials.into_iter().map(|credential| credential.id));
            token = page.next_page_token;
            if token.is_empty() {
                break;
            }
            // New ones come in, and some that were not seen yet are written again without being changed.
            pages += 1;
            write(&service, many(100 * pages, 100 * pages + 3)).await;
            write(&service, many(10, 15)).await;
        }
        let distinct: BTreeSet<&String> = seen.iter().collect();
        assert_eq!(distinct.len(), seen.len(), "{order:?}: one came twice");
        assert!(
            many(0, 40)
                .iter()
                .chain(&five())
                .all(|credential| distinct.contains(&credential.id)),
            "{order:?}: one was left out"
        );
        assert!(pages >= 6);
    }
}

#[tokio::test]
async fn what_differs_is_marked_and_what_is_not_stated_stays_so() {
    let (_dir, service) = served().await;
    let accreditation = |until: &str| Accreditation {
        accreditor: "Agency".to_owned(),
        valid_until: until.to_owned(),
        ..Default::default()
    };
    let one = Credential {
        accreditations: vec![accreditation("2030-12-31")],
        ..credential("x", "X")
    };
    let two = Credential {
        accreditations: vec![accreditation("2031-12-31")],
        countries: vec!["DE".into(), "AT".into()],
        ..credential("y", "X")
    };
    let three = Credential {
        countries: vec!["AT".into(), "DE".into()],
        ..credential("z", "X")
    };
    write(&service, vec![one, two, three]).await;
    let request = CompareCredentialsRequest {
        ids: ["x", "y", "z"].map(str::to_owned).to_vec(),
        ..Default::default()
    };
    let answer = service
        .catalogue()
        .compare_credentials(request)
        .await
        .unwrap()
        .into_inner();
    let row = |name: &str| {
        let row = answer.fields.iter().find(|row| row.field == name).unwrap();
        (
            row.values
                .iter()
                .map(|value| value.value.as_str())
                .collect::<Vec<_>>(),
            row.differs,
        )
    };
    assert_eq!(
        row("accreditations"),
        (
            vec!["Agency until 2030-12-31", "Agency until 2031-12-31", ""],
            true
        )
    );
    assert_eq!(row("countries"), (vec!["", "AT, DE", "AT, DE"], false));
}

#[tokio::test]
async fn an_accreditation_that_ran_out_is_counted_as_the_constraint_has_it() {
    let (_dir, service) = served().await;
    let until = |date: &str| Accreditation {
        accreditor: "q".to_owned(),
        valid_until: date.to_owned(),
        ..Default::default()
    };
    let over = Credential {
        accreditations: vec![until("2020-01-01")],
        ..credential("f", "Over")
    };
    let holds = Credential {
        accreditations: vec![until("2999-01-01")],
        ..credential("g", "Holds")
    };
    write(&service, vec![over, holds]).await;
    let found = search(
        &service,
        SearchCredentialsRequest {
            facets: true,
            ..Default::default()
        },
    )
    .await;
    let accredited = found
        .facets
        .iter()
        .find(|facet| facet.name == "accredited")
        .unwrap();
    let values: Vec<(&str, u64)> = accredited
        .values
        .iter()
        .map(|value| (value.name.as_str(), value.value))
        .collect();
    assert_eq!(
        (values, accredited.not_stated),
        (vec![("yes", 2), ("expired", 1)], 4)
    );
    let constraints = Some(Constraints {
        must_be_accredited: true,
        ..Default::default()
    });
    let found = search(
        &service,
        SearchCredentialsRequest {
            constraints,
            ..Default::default()
        },
    )
    .await;
    assert_eq!(
        ids(&found),
        "dg",
        "those that are counted as accredited, and no others"
    );
}
