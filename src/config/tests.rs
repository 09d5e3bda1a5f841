//! Defaults, files, environment and command line, and every error at once.

use super::*;

fn load(file: &str, environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let path = tempfile::Builder::new().suffix(".toml").tempfile().unwrap();
    std::fs::write(path.path(), file).unwrap();
    let environment = environment.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    Config::load_with(Some(path.path()), &Overrides::default(), environment)
}

/// Keys with what is allowed, as far as `load` complains.
fn complaints(file: &str, environment: &[(&str, &str)]) -> Vec<String> {
    match load(file, environment) {
        Err(ConfigError::Invalid(problems)) => {
            problems.into_iter().map(|problem| format!("{}: {}", problem.key, problem.allowed)).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_limits_of_the_default_file_are_those_of_the_code() {
    assert_eq!(Config::defaults().unwrap().limits, Limits::default());
}

#[test]
fn every_key_of_the_default_file_has_a_rule_and_the_other_way_round() {
    let defaults = config::Config::builder().add_source(File::from_str(DEFAULTS, FileFormat::Toml)).build().unwrap();
    let mut leaves = BTreeMap::new();
    flatten(String::new(), &defaults.cache, &mut leaves);
    assert_eq!(leaves.into_keys().collect::<Vec<_>>(), RULES.map(|(key, _)| key));
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
    let config =
        load("[limits]\nad_bytes_max = 1000\ntop_k_max = 7", &[("SKILLGAP__LIMITS__AD_BYTES_MAX", "2000"), ("OTHER__X", "1")]).unwrap();
    assert_eq!((config.limits.ad_bytes_max, config.limits.top_k_max, config.limits.results_max), (2_000, 7, 10_000));
}

#[test]
fn the_command_line_comes_last() {
    let overrides = Overrides { listen: Some(([127, 0, 0, 1], 7).into()), data_dir: Some("/data".into()) };
    let environment = HashMap::from([("SKILLGAP__GRPC__LISTEN".to_owned(), "127.0.0.1:9".to_owned())]);
    let config = Config::load_with(None, &overrides, environment).unwrap();
    assert_eq!((config.grpc.listen.port(), config.catalogue.data_dir()), (7, Some(Path::new("/data"))));
}

#[test]
fn all_errors_are_named_at_once_with_what_is_allowed() {
    let file = "[limits]\nad_bytes_max = -1\nad_bites_max = 5\n[log]\nformat = 'xml'\nfilter = 'skillgap=loud'";
    let environment = [("SKILLGAP__GRPC__LISTEN", "here"), ("SKILLGAP__POOL__QUEUE", "1.5"), ("SKILLGAP__LIMITS__TOP_K_MAX", "0")];
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
fn a_table_that_is_replaced_by_a_word_is_no_key() {
    assert_eq!(complaints("", &[("SKILLGAP__LIMITS", "high")]), ["limits: is no key of the configuration"]);
}

#[test]
fn values_that_contradict_each_other_are_named() {
    let file = "[limits]\nmessage_bytes_max = 2048\n[admin]\nlisten = '127.0.0.1:50051'";
    let long = |key| format!("limits.{key}: must not be above limits.message_bytes_max");
    assert_eq!(
        complaints(file, &[]),
        [long("ad_bytes_max"), long("text_bytes_max"), "admin.listen: must not be the same as grpc.listen".to_owned()]
    );
}

#[test]
fn a_file_that_is_not_there_or_no_toml_is_unreadable() {
    let missing = Config::load_with(Some(Path::new("/nowhere/skillgap.toml")), &Overrides::default(), HashMap::new());
    assert!(matches!(missing, Err(ConfigError::Unreadable(_))));
    assert!(matches!(load("[limits", &[]), Err(ConfigError::Unreadable(_))));
}
