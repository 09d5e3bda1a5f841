//! Searching a catalogue that changes: order, counts, and pages that go on where they ended.

use std::collections::BTreeSet;

use skillgap::api::wire::{
    Access, Accreditation, Constraints, Credential, CredentialFact, CredentialOrder, DeliveryMode,
    Money, Quality, SearchCredentialsRequest, SearchCredentialsResponse, Signal, SignalValue,
    TrustSignal, Workload,
};
use skillgap::serve::Source;

use crate::support::{Service, config, en, small_generation, tally, upsert, violated};

fn credential(id: &str, title: &str) -> Credential {
    Credential {
        id: id.to_owned(),
        title: en(title),
        ..Default::default()
    }
}

fn hours(hours: f64) -> Option<Workload> {
    Some(Workload {
        hours: Some(hours),
        ..Default::default()
    })
}

fn open_to(countries: &[&str]) -> Option<Access> {
    Some(Access {
        countries: countries.iter().map(|code| (*code).to_owned()).collect(),
        ..Default::default()
    })
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
        signal: Signal::ProviderAccredited.into(),
        value: SignalValue::Yes.into(),
        source: Some("register".to_owned()),
        ..Default::default()
    };
    let dkk = Some(Money {
        amount: 1.0,
        currency: "DKK".to_owned(),
    });
    vec![
        Credential {
            workload: hours(20.0),
            cost: eur(50.0),
            access: open_to(&["DE"]),
            ..credential("a", "éclair baking")
        },
        Credential {
            workload: hours(5.0),
            cost: dkk,
            access: open_to(&["DE", "AT"]),
            ..credential("b", "Welding")
        },
        Credential {
            modified: Some("2026-05-01".to_owned()),
            sector: Some("Crafts".to_owned()),
            ..credential("c", "Zinc welding for all")
        },
        Credential {
            modified: Some("2026-06-01".to_owned()),
            quality: Some(Quality {
                trust_signals: vec![accredited],
                ..Default::default()
            }),
            eqf_level: Some(3),
            ..credential("d", "Accounts")
        },
        Credential {
            workload: hours(5.0),
            cost: eur(7.0),
            access: Some(Access {
                mode: DeliveryMode::Online.into(),
                ..Default::default()
            }),
            ..credential("e", "Baking and welding")
        },
    ]
}

fn all_facts() -> Vec<i32> {
    let facts = [
        CredentialFact::Country,
        CredentialFact::Sector,
        CredentialFact::EqfLevel,
        CredentialFact::Mode,
        CredentialFact::Language,
        CredentialFact::Accreditation,
    ];
    facts.map(i32::from).to_vec()
}

async fn served() -> (tempfile::TempDir, Service) {
    let dir = tempfile::tempdir().unwrap();
    small_generation(dir.path(), &[]);
    let service = Service::start_with(config(), Source::DataDir(dir.path().to_path_buf())).await;
    write(&service, five()).await;
    (dir, service)
}

async fn write(service: &Service, credentials: Vec<Credential>) {
    let n_sent = credentials.len();
    let answer = upsert(&mut service.catalogue(), credentials).await.unwrap();
    let [written, unchanged, _] = tally(&answer);
    assert_eq!(written + unchanged, n_sent, "{answer:?}");
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
            text: Some("welding".to_owned()),
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
            facets: all_facts(),
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
                .map(|value| format!("{} {}", value.value, value.n_credentials))
                .collect();
            format!(
                "{:?}: {} | {}",
                facet.fact(),
                values.join(", "),
                facet.n_not_stated
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            "Country: DE 2, AT 1 | 3",
            "Sector: Crafts 1 | 4",
            "EqfLevel: 3 1 | 4",
            "Mode: DELIVERY_MODE_ONLINE 1 | 4",
            "Language:  | 5",
            "Accreditation: SIGNAL_STANDING_YES 1 | 4"
        ]
    );
    let crafts = SearchCredentialsRequest {
        sectors: vec!["Crafts".to_owned()],
        facets: all_facts(),
        ..Default::default()
    };
    let found = search(&service, crafts).await;
    assert_eq!(
        (ids(&found).as_str(), found.facets[0].n_not_stated),
        ("c", 1)
    );
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
async fn an_accreditation_that_ran_out_is_counted_as_the_constraint_has_it() {
    let (_dir, service) = served().await;
    let until = |date: &str| {
        let accreditation = Accreditation {
            accreditor: "q".to_owned(),
            valid_until: Some(date.to_owned()),
            ..Default::default()
        };
        Some(Quality {
            accreditations: vec![accreditation],
            ..Default::default()
        })
    };
    let over = Credential {
        quality: until("2020-01-01"),
        ..credential("f", "Over")
    };
    let holds = Credential {
        quality: until("2999-01-01"),
        ..credential("g", "Holds")
    };
    write(&service, vec![over, holds]).await;
    let found = search(
        &service,
        SearchCredentialsRequest {
            facets: all_facts(),
            ..Default::default()
        },
    )
    .await;
    let accredited = found
        .facets
        .iter()
        .find(|facet| facet.fact() == CredentialFact::Accreditation)
        .unwrap();
    let values: Vec<(&str, u32)> = accredited
        .values
        .iter()
        .map(|value| (value.value.as_str(), value.n_credentials))
        .collect();
    assert_eq!(
        (values, accredited.n_not_stated),
        (
            vec![("SIGNAL_STANDING_YES", 2), ("SIGNAL_STANDING_EXPIRED", 1)],
            4
        )
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
