//! Does a licence or a language level count that an ad names as required? Made-up ads of jobs that ask for much else, on the judged catalogue; none of them is a
//! judged case.

use serde_json::{Value, json};
use skillgap::api::recommend_credentials;

use crate::starter;
use crate::systems::answered;

/// The ad, the person's text, the credential that gives what is named, and words of the demanded skill, with its level.
const EXAMPLES: [(&str, &str, &str, &str, &str); 18] = [
    (
        "Yard worker at a brewery. Unload lorries, count crates, keep the hall clean, help with bottling. Forklift licence required. Early shift.",
        "Gardener for nine years.",
        "forklift",
        "operate forklift",
        "",
    ),
    (
        "Scrap dealer looks for help\n- sort metal\n- weigh deliveries and write receipts\n- drive the forklift (licence needed)\n- clean the yard",
        "Waiter for three years.",
        "forklift",
        "operate forklift",
        "",
    ),
    (
        "Hotel porter. Carry luggage, park cars, show guests to their rooms, small repairs in the house. German B1 required.",
        "Building cleaner from Ghana, some German.",
        "german-b1",
        "german",
        "B1",
    ),
    (
        "Fahrradkurier (m/w/d). Du lieferst Essen aus und sprichst mit Kunden. Deutsch B1 erforderlich.",
        "Student from India.",
        "german-b1",
        "german",
        "B1",
    ),
    (
        "Dental assistant. Prepare rooms, sterilise instruments, book appointments, talk with patients. You speak German at level B2.",
        "Dental nurse in Brazil, German B1 course done.",
        "german-b2",
        "german",
        "B2",
    ),
    (
        "Crew member on a river cruise ship: clean cabins, serve breakfast, help passengers on board. English at level B1 is a must.",
        "Laundry worker, two years.",
        "english-b1",
        "english",
        "B1",
    ),
    (
        "Campsite warden near the border. Check in campers, mow the grass, clean the showers, sell bread in the morning. French A2 necessary.",
        "Postman for ten years.",
        "french-a2",
        "french",
        "A2",
    ),
    (
        "Municipal park team: rake leaves, plant flower beds, repair benches, fell small trees. Chainsaw certificate mandatory.",
        "Warehouse worker.",
        "chainsaw",
        "chainsaw",
        "",
    ),
    (
        "Swimming pool attendant. Test the water, sell tickets, keep order, clean changing rooms. First aid certificate required.",
        "Sales assistant in a sports shop.",
        "first-aid",
        "first aid",
        "",
    ),
    (
        "Canteen helper in a school: lay tables, hand out meals, collect dishes, wipe tables. Food hygiene certificate required.",
        "Seamstress for twelve years.",
        "food-hygiene",
        "",
        "",
    ),
    (
        "Driver for a heating oil dealer. Fill tanks at customers' houses, write delivery notes, look after the tanker. ADR certificate required.",
        "Lorry driver (licence C) for a bakery.",
        "adr",
        "",
        "",
    ),
    (
        "Night porter for an office tower: rounds through the building, keys, visitors' book, parcels. Security guard licence required.",
        "Taxi driver.",
        "guard-licence",
        "",
        "",
    ),
    (
        "Wine estate. You tie up vines, thin leaves, help with the harvest and spray the rows. Plant protection certificate needed.",
        "Kitchen helper.",
        "pesticide",
        "",
        "",
    ),
    (
        "Roof gutter cleaner with two vans. Clean gutters, replace tiles, take photos for customers. Certificate for work at heights required.",
        "Painter's assistant.",
        "heights",
        "",
        "",
    ),
    (
        "Getränkemarkt sucht Aushilfe. Leergut sortieren, Regale füllen, Lkw abladen. Staplerschein nötig.",
        "Friseurin, acht Jahre.",
        "forklift",
        "operate forklift",
        "",
    ),
    (
        "Magasinier pour une brasserie : réception, rangement, nettoyage du hall. CACES R489 exigé.",
        "Serveuse pendant trois ans.",
        "forklift",
        "operate forklift",
        "",
    ),
    (
        "Fábrica de muebles busca mozo: cargar camiones, ordenar el almacén, preparar pedidos. Carnet de carretillero imprescindible.",
        "Camarero durante dos años.",
        "forklift",
        "operate forklift",
        "",
    ),
    (
        "Hovenier gezocht: gras maaien, hagen knippen, kleine bomen vellen. Motorzaagcertificaat verplicht.",
        "Postbode, vijf jaar.",
        "chainsaw",
        "chainsaw",
        "",
    ),
];

#[test]
fn what_must_be_shown_is_essential_and_the_credential_that_gives_it_is_among_the_first_five() {
    let mut wrong = Vec::new();
    for (ad, text, expected, skill, level) in EXAMPLES {
        let request =
            json!({ "ad": ad, "profile": { "text": text }, "topK": 5, "usefulnessMin": 0 });
        let answer = answered(starter(), recommend_credentials, &request);
        let list = |field: &str| answer[field].as_array().cloned().unwrap_or_default();
        let named: Vec<String> = list("recommendations")
            .iter()
            .map(|one| one["credentialId"].as_str().unwrap().to_owned())
            .collect();
        if !named.iter().any(|id| id == expected) {
            wrong.push(format!("{expected} is not among {named:?}"));
        }
        let is_asked = |demanded: &Value| {
            let label = demanded["label"]
                .as_str()
                .unwrap_or_default()
                .to_lowercase();
            label.contains(skill)
                && demanded["requirement"] == "REQUIREMENT_ESSENTIAL"
                && demanded["level"]["cefr"]
                    .as_str()
                    .unwrap_or_default()
                    .trim_start_matches("CEFR_LEVEL_")
                    == level
        };
        if !skill.is_empty() && !list("demand").iter().any(is_asked) {
            wrong.push(format!(
                "{skill} {level} is not demanded: {:?}",
                list("demand")
                    .iter()
                    .map(|one| one["label"].clone())
                    .collect::<Vec<_>>()
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
