//! What may be set, and what is said of what may not?

use super::*;

fn load(file: &str, environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let path = tempfile::Builder::new().suffix(".toml").tempfile().unwrap();
    std::fs::write(path.path(), file).unwrap();
    let environment = environment
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect();
    Config::load_with(Some(path.path()), &Overrides::default(), environment)
}

/// Keys with what is allowed, as far as `load` complains.
fn complaints(file: &str, environment: &[(&str, &str)]) -> Vec<String> {
    match load(file, environment) {
        Err(ConfigError::Invalid(problems)) => problems
            .into_iter()
            .map(|problem| format!("{}: {}", problem.key, problem.allowed))
            .collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_limits_of_the_default_file_are_those_of_the_code() {
    assert_eq!(Config::defaults().unwrap().limits, Limits::default());
}

#[test]
fn every_key_of_the_default_file_has_a_rule_and_the_other_way_round() {
    let defaults = config::Config::builder()
        .add_source(File::from_str(DEFAULTS, FileFormat::Toml))
        .build()
        .unwrap();
    let mut leaves = BTreeMap::new();
    flatten(String::new(), &defaults.cache, &mut leaves);
    assert_eq!(
        leaves.into_keys().collect::<Vec<_>>(),
        RULES.map(|(key, _)| key)
    );
}

#[test]
fn every_key_of_the_default_file_has_a_comment_above_it() {
    let lines: Vec<&str> = DEFAULTS.lines().collect();
    for pair in lines.windows(2).filter(|pair| pair[1].contains(" = ")) {
        assert!(pair[0].starts_with('#'), "{}", pair[1]);
    }
}

#[test]
fn a_file_replaces_defaults_and_the_environment_replaces_the_file() {
    let config = load(
        "[limits]\nad_bytes_max = 1000\ntop_k_max = 7",
        &[
            ("SKILLGAP__LIMITS__AD_BYTES_MAX", "2000"),
            ("OTHER__X", "1"),
        ],
    )
    .unwrap();
    assert_eq!(
        (
            config.limits.ad_bytes_max,
            config.limits.top_k_max,
            config.limits.results_max
        ),
        (2_000, 7, 10_000)
    );
}

#[test]
fn the_command_line_comes_last() {
    let overrides = Overrides {
        listen: Some(([127, 0, 0, 1], 7).into()),
        data_dir: Some("/data".into()),
        insecure: false,
    };
    let environment = HashMap::from([(
        "SKILLGAP__GRPC__LISTEN".to_owned(),
        "127.0.0.1:9".to_owned(),
    )]);
    let config = Config::load_with(None, &overrides, environment).unwrap();
    assert_eq!(
        (config.grpc.listen.port(), config.catalogue.data_dir()),
        (7, Some(Path::new("/data")))
    );
}

#[test]
fn all_errors_are_named_at_once_with_what_is_allowed() {
    let file = "[limits]\nad_bytes_max = -1\nad_bites_max = 5\n[log]\nformat = 'xml'\nfilter = 'skillgap=loud'";
    let environment = [
        ("SKILLGAP__GRPC__LISTEN", "here"),
        ("SKILLGAP__POOL__QUEUE", "1.5"),
        ("SKILLGAP__LIMITS__TOP_K_MAX", "0"),
    ];
    assert_eq!(
        complaints(file, &environment),
        [
            "grpc.listen: must be an address and a port, such as 127.0.0.1:50051",
            "limits.ad_bites_max: is no key of the configuration",
            "limits.ad_bytes_max: must be a whole number from 1 to 67108864",
            "limits.top_k_max: must be a whole number from 1 to 1000",
            "log.filter: must be a level or directives, such as warn,skillgap=info",
            "log.format: must be one of: plain, json",
            "pool.queue: must be a whole number from 0 to 100000",
        ]
    );
}

#[test]
fn other_machines_need_keys_and_tls_or_a_word() {
    let beyond = "[grpc]\nlisten = '0.0.0.0:1'\n";
    let refused = complaints(beyond, &[]);
    assert!(
        refused[0].starts_with("grpc.listen: other machines"),
        "{refused:?}"
    );
    let half = format!("{beyond}[tls]\ncert = 'c'\nkey = 'k'");
    assert_eq!(complaints(&half, &[]).len(), 1);
    let both = format!("{half}\n[auth]\nkeys_file = 'f'");
    assert_eq!(load(&both, &[]).unwrap().auth.anonymous(), []);
    let write = format!("{both}\nanonymous = 'write'");
    assert_eq!(complaints(&write, &[]).len(), 1);
    let overrides = Overrides {
        insecure: true,
        ..Overrides::default()
    };
    let listen = [("SKILLGAP__GRPC__LISTEN", "[::]:1")].map(|(a, b)| (a.to_owned(), b.to_owned()));
    assert!(Config::load_with(None, &overrides, listen.into()).is_ok());
    assert_eq!(complaints("[tls]\nkey = 'k'", &[]).len(), 1);
}

#[test]
fn a_log_needs_a_directory_and_servers_by_their_addresses() {
    let log = "[change_log]\nservers = 'nats://a:4222, tls://b:4222'\n";
    assert_eq!(
        complaints(log, &[]),
        ["change_log.servers: needs catalogue.data_dir: a replica keeps what the log says"]
    );
    let with_data = format!("{log}[catalogue]\ndata_dir = 'd'\n");
    let config = load(&with_data, &[]).unwrap();
    assert_eq!(config.change_log.servers().count(), 2);
    let half = with_data.replace("[catalogue]", "tls_cert = 'c'\n[catalogue]");
    assert_eq!(complaints(&half, &[]).len(), 1);
    for servers in ["http://a:4222", "a:4222", "nats://"] {
        let file = with_data.replace("nats://a:4222", servers);
        assert_eq!(complaints(&file, &[]).len(), 1, "{servers}");
    }
    assert_eq!(complaints("[change_log]\ncatalogue = 'a.b'", &[]).len(), 1);
}

#[test]
fn without_keys_everybody_may_read_and_nobody_change() {
    let scopes = |file: &str| load(file, &[]).unwrap().auth.anonymous();
    assert_eq!(scopes(""), [Scope::Read, Scope::Stream]);
    assert_eq!(scopes("[auth]\nkeys_file = 'f'"), []);
    assert_eq!(
        scopes("[auth]\nkeys_file = 'f'\nanonymous = 'read'"),
        [Scope::Read, Scope::Stream]
    );
    assert!(scopes("[auth]\nanonymous = 'write'").contains(&Scope::Write));
}

#[test]
fn a_table_that_is_replaced_by_a_word_is_no_key() {
    assert_eq!(
        complaints("", &[("SKILLGAP__LIMITS", "high")]),
        ["limits: is no key of the configuration"]
    );
}

#[test]
fn values_that_contradict_each_other_are_named() {
    let file = "[limits]\nmessage_bytes_max = 2048\n[admin]\nlisten = '127.0.0.1:50051'";
    let long = |key| format!("limits.{key}: must not be above limits.message_bytes_max");
    assert_eq!(
        complaints(file, &[]),
        [
            long("ad_bytes_max"),
            long("text_bytes_max"),
            "admin.listen: must not be the same as grpc.listen".to_owned()
        ]
    );
}

#[test]
fn a_file_that_is_not_there_or_no_toml_is_unreadable() {
    let missing = Config::load_with(
        Some(Path::new("/nowhere/skillgap.toml")),
        &Overrides::default(),
        HashMap::new(),
    );
    assert!(matches!(missing, Err(ConfigError::Unreadable(_))));
    assert!(matches!(
        load("[limits", &[]),
        Err(ConfigError::Unreadable(_))
    ));
}

fn file_with(text: &str) -> tempfile::NamedTempFile {
    let file = tempfile::Builder::new().suffix(".toml").tempfile().unwrap();
    std::fs::write(file.path(), text).unwrap();
    file
}

fn with_policy(rates: &str, accreditors: &str) -> Result<Config, ConfigError> {
    let (rates, accreditors) = (file_with(rates), file_with(accreditors));
    let file = format!(
        "[money]\nrates = '{}'\n[trust]\naccreditors = '{}'",
        rates.path().display(),
        accreditors.path().display()
    );
    load(&file, &[])
}

#[test]
fn keys_are_read_from_their_set_and_a_bad_one_is_named() {
    let with_keys = |text: &str| {
        let file = file_with(text);
        load(&format!("[trust]\nkeys = '{}'", file.path().display()), &[])
    };
    let set = r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
    assert!(with_keys(set).unwrap().policy.keys.is_some());
    match with_keys("{\"keys\":[{}]}") {
        Err(ConfigError::Invalid(problems)) => {
            assert_eq!(problems[0].key, "trust.keys");
            assert!(problems[0].allowed.starts_with("keys[0]: "), "{problems:?}");
        }
        other => panic!("{other:?}"),
    }
}

const RATES: &str =
    "base = 'EUR'\ndate = '2026-11-20'\nsource = 'a bank'\n[per_base]\nDKK = 7.46\nPLN = 4";
const ACCREDITORS: &str =
    "source = 'the ministry'\naccreditors = ['ACQUIN', 'https://example.org/7']";

#[test]
fn rates_and_accreditors_are_read_from_their_files() {
    let policy = with_policy(RATES, ACCREDITORS).unwrap().policy;
    let (rates, list) = (policy.rates.unwrap(), policy.accreditors.unwrap());
    assert_eq!(
        (
            rates.factor("DKK", "EUR"),
            rates.factor("EUR", "PLN"),
            rates.origin().as_str()
        ),
        (Some(1.0 / 7.46), Some(4.0), "a bank, 2026-11-20")
    );
    assert!(
        list.source() == "the ministry"
            && list.lists("acquin", None)
            && list.lists("x", Some("https://example.org/7"))
            && !list.lists("x", None)
    );
    assert_eq!(Config::defaults().unwrap().policy, Policy::default());
}

#[test]
fn files_that_cannot_be_used_are_named_by_their_keys_at_once() {
    let problems = |rates: &str, accreditors: &str| match with_policy(rates, accreditors) {
        Err(ConfigError::Invalid(problems)) => {
            assert!(
                problems
                    .iter()
                    .all(|problem| problem.origin.ends_with(".toml")),
                "{problems:?}"
            );
            problems
                .into_iter()
                .map(|problem| (problem.key, problem.allowed))
                .collect::<Vec<_>>()
        }
        other => panic!("{other:?}"),
    };
    let keys = |problems: Vec<(String, String)>| {
        problems.into_iter().map(|(key, _)| key).collect::<Vec<_>>()
    };
    assert_eq!(
        keys(problems(
            "base = 'EUR'",
            "source = ' '\naccreditors = ['x']"
        )),
        ["money.rates", "trust.accreditors"]
    );
    assert_eq!(
        keys(problems(&RATES.replace("7.46", "0"), ACCREDITORS)),
        ["money.rates"]
    );
    assert!(
        problems(&RATES.replace("7.46", "-1"), ACCREDITORS)[0]
            .1
            .starts_with("per_base.DKK")
    );
    assert!(
        problems(RATES, "source = 'x'\naccreditors = ['']")[0]
            .1
            .contains("names nobody")
    );
    assert_eq!(
        keys(problems(
            RATES,
            "source = 'x'\naccreditors = ['y']\nother = 1"
        )),
        ["trust.accreditors"]
    );
}
