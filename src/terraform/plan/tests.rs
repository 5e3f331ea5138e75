#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice
)]

use serde_json::{Value as Json, json};

use super::*;
use crate::source::SourceMap;
use crate::value::Kind;

fn read_text(text: &str) -> Plan {
    let file = SourceMap::default().add_pseudo("plan.json", text);
    read(text, file, Path::new("plan.json"))
}

fn plan_of(changes: Json, configuration: Json) -> (String, Plan) {
    let document = json!({
        "format_version": "1.2", "terraform_version": "1.11.4",
        "resource_changes": changes, "configuration": {"root_module": configuration},
    });
    let text = serde_json::to_string_pretty(&document).unwrap();
    let plan = read_text(&text);
    assert!(plan.evaluation.diagnostics.is_empty(), "{:?}", plan.evaluation.diagnostics);
    (text, plan)
}

fn change(address: &str, actions: &[&str], after: Json, unknown: Json, sensitive: Json) -> Json {
    let local = address.rsplit_once("module.").map_or(address, |(_, rest)| rest.split_once('.').unwrap().1);
    let (ty, name) = local.trim_start_matches("data.").split_once('.').unwrap();
    json!({
        "address": address, "mode": "managed", "type": ty, "name": name.split('[').next().unwrap(),
        "change": {"actions": actions, "before": null, "after": after, "after_unknown": unknown,
                   "after_sensitive": sensitive},
    })
}

fn resource<'a>(plan: &'a Plan, address: &str) -> &'a Resource {
    let found = plan.evaluation.resources.iter().find(|resource| &*resource.address == address);
    found.unwrap_or_else(|| panic!("no {address}"))
}

fn at(value: &Value, path: &[&str]) -> Value {
    path.iter().fold(value.clone(), |value, step| match step.parse::<usize>() {
        Ok(index) => value.item(index).unwrap_or_else(|| panic!("no item {step}")),
        Err(_) => value.member(step).unwrap_or_else(|| panic!("no member {step}")),
    })
}

fn references(names: &[&str]) -> Json {
    json!({"references": names})
}

#[test]
fn masks_of_unknown_values_are_merged_at_every_depth() {
    let after = json!({
        "name": "web", "tags": null, "role": null,
        "network_configuration": [{"subnets": [null, "subnet-1"], "assign_public_ip": null}],
        "load_balancer": [],
    });
    let unknown = json!({
        "arn": true, "cluster": true, "load_balancer": [],
        "network_configuration": [{"subnets": [true, false], "security_groups": true}],
    });
    let configuration = json!({"resources": [{"address": "aws_ecs_service.web", "expressions": {
        "name": {"constant_value": "web"}, "cluster": {"references": ["local.cluster"]},
        "network_configuration": [{"subnets": {}, "security_groups": {}}],
    }}]});
    let (text, plan) = plan_of(
        json!([change("aws_ecs_service.web", &["create"], after, unknown, json!({}))]),
        configuration,
    );
    let service = resource(&plan, "aws_ecs_service.web");
    assert_eq!(at(&service.body, &["name"]).as_str(), Some("web"));
    assert_eq!(&text[at(&service.body, &["name"]).span().range()], "\"web\"");
    assert_eq!(&text[service.header.range()], "\"aws_ecs_service.web\"");
    let cluster = at(&service.body, &["cluster"]);
    assert_eq!(cluster.causes().first().unwrap().name(), "aws_ecs_service.web.cluster");
    assert_eq!(&text[cluster.span().range()], "true");
    let network = at(&service.body, &["network_configuration", "0"]);
    assert!(at(&network, &["subnets", "0"]).as_unknown().is_some());
    assert_eq!(at(&network, &["subnets", "1"]).as_str(), Some("subnet-1"));
    assert!(at(&network, &["security_groups"]).as_unknown().is_some());
    // What is null, empty or computed without being written is absent.
    for absent in ["tags", "role", "load_balancer", "arn"] {
        assert!(service.body.member(absent).is_none(), "{absent}");
    }
}

#[test]
fn a_set_whose_items_are_all_unknown_keeps_their_number() {
    let configuration = json!({"resources": [{"address": "aws_lb.main", "expressions": {
        "subnets": references(&["aws_subnet.a.id", "aws_subnet.a", "aws_subnet.b.id", "aws_subnet.b"]),
    }}]});
    let after = json!({"subnets": [null, null]});
    let changes =
        json!([change("aws_lb.main", &["create"], after, json!({"subnets": [true, true]}), json!({}))]);
    let (_, plan) = plan_of(changes, configuration);
    let subnets = at(&resource(&plan, "aws_lb.main").body, &["subnets"]);
    let named: Vec<String> = subnets
        .as_sequence()
        .unwrap()
        .items
        .iter()
        .map(|item| item.origin.attribute().map(|(address, name)| format!("{address}.{name}")).unwrap())
        .collect();
    assert_eq!(named, ["aws_subnet.a.id", "aws_subnet.b.id"]);
}

#[test]
fn a_dynamic_block_that_is_not_known_is_not_taken_for_absent() {
    let unknown = json!({"network_configuration": true, "platform_version": true});
    let changes = json!([change("aws_ecs_service.web", &["create"], json!({}), unknown, json!({}))]);
    let configuration = json!({"resources": [{"address": "aws_ecs_service.web", "expressions": {}}]});
    let (_, plan) = plan_of(changes, configuration);
    let service = resource(&plan, "aws_ecs_service.web");
    assert!(at(&service.body, &["network_configuration"]).as_unknown().is_some());
    assert!(service.body.member("platform_version").is_none());
}

#[test]
fn sensitive_marks_are_merged() {
    let after =
        json!({"password": "not-a-real-password-1", "tags": {"a": "x", "b": "y"}, "list": ["p", "q"]});
    let sensitive = json!({"password": true, "tags": {"b": true}, "list": [false, true], "user": true});
    let unknown = json!({"user": true});
    let (_, plan) =
        plan_of(json!([change("aws_db_instance.main", &["update"], after, unknown, sensitive)]), json!({}));
    let body = &resource(&plan, "aws_db_instance.main").body;
    let marks = [("password", ""), ("tags", "a"), ("tags", "b"), ("list", "0"), ("list", "1"), ("user", "")]
        .map(|(name, part)| {
            let value = at(body, &[name]);
            if part.is_empty() { value.sensitive } else { at(&value, &[part]).sensitive }
        });
    assert_eq!(marks, [true, false, true, false, true, true]);
}

#[test]
fn what_is_destroyed_is_left_out() {
    let all = [
        ("aws_lb.new", vec!["create"], true),
        ("aws_lb.same", vec!["no-op"], true),
        ("aws_lb.replaced", vec!["delete", "create"], true),
        ("aws_lb.replaced_later", vec!["create", "delete"], true),
        ("aws_lb.gone", vec!["delete"], false),
        ("aws_lb.forgotten", vec!["forget"], false),
    ];
    let changes: Vec<Json> = all
        .iter()
        .map(|(address, actions, stays)| {
            let after = if *stays { json!({"name": "x"}) } else { Json::Null };
            change(address, actions, after, json!({}), json!({}))
        })
        .collect();
    let mut changes = Json::Array(changes);
    let mut deposed = change("aws_lb.new", &["delete"], Json::Null, json!({}), json!(false));
    deposed["deposed"] = json!("0a1b2c3d");
    changes.as_array_mut().unwrap().push(deposed);
    let (_, plan) = plan_of(changes, json!({}));
    let found: Vec<&str> = plan.evaluation.resources.iter().map(|resource| &*resource.address).collect();
    assert_eq!(found, ["aws_lb.new", "aws_lb.replaced", "aws_lb.replaced_later", "aws_lb.same"]);
}

#[test]
fn references_are_followed_through_modules() {
    let mut service = change(
        "module.api[\"web\"].aws_ecs_service.this",
        &["create"],
        json!({}),
        json!({"cluster": true, "task_definition": true}),
        json!({}),
    );
    service["module_address"] = json!("module.api[\"web\"]");
    let mut task = change(
        "module.api[\"web\"].aws_ecs_task_definition.this",
        &["create"],
        json!({}),
        json!({"arn": true}),
        json!({}),
    );
    task["module_address"] = json!("module.api[\"web\"]");
    let configuration = json!({"module_calls": {
        "cluster": {"module": {
            "outputs": {"arn": {"expression": references(&["aws_ecs_cluster.main[0].arn", "aws_ecs_cluster.main[0]", "aws_ecs_cluster.main"])}},
            "resources": [{"address": "aws_ecs_cluster.main", "expressions": {}}],
        }},
        "api": {
            "for_each_expression": references(&["local.services"]),
            "expressions": {"cluster": references(&["module.cluster.arn", "module.cluster"])},
            "module": {"resources": [{"address": "aws_ecs_service.this", "expressions": {
                "cluster": references(&["var.cluster"]),
                "task_definition": references(&["aws_ecs_task_definition.this.arn", "aws_ecs_task_definition.this"]),
            }}]},
        },
    }});
    let (_, plan) = plan_of(json!([service, task]), configuration);
    let body = &resource(&plan, "module.api[\"web\"].aws_ecs_service.this").body;
    let names = |name: &str| {
        let value = at(body, &[name]);
        let (address, attribute) = value.origin.attribute().unwrap();
        format!("{address}.{attribute}")
    };
    assert_eq!(names("cluster"), "module.cluster.aws_ecs_cluster.main[0].arn");
    assert_eq!(names("task_definition"), "module.api[\"web\"].aws_ecs_task_definition.this.arn");
}

#[test]
fn a_choice_between_resources_of_one_type_names_none() {
    let configuration = json!({"resources": [{"address": "aws_ecs_service.web", "expressions": {
        "cluster": references(&["var.blue", "aws_ecs_cluster.a.arn", "aws_ecs_cluster.a", "aws_ecs_cluster.b.arn", "aws_ecs_cluster.b"]),
    }}]});
    let changes =
        json!([change("aws_ecs_service.web", &["create"], json!({}), json!({"cluster": true}), json!({}))]);
    let (_, plan) = plan_of(changes, configuration);
    let cluster = at(&resource(&plan, "aws_ecs_service.web").body, &["cluster"]);
    assert!(cluster.origin.attribute().is_none());
    assert_eq!(cluster.causes().iter().count(), 2);
}

#[test]
fn known_arns_and_ids_name_their_resource() {
    let changes = json!([
        change(
            "aws_security_group.app",
            &["no-op"],
            json!({"id": "sg-0example", "name": "app"}),
            json!({}),
            json!({})
        ),
        change(
            "aws_ecs_service.web",
            &["no-op"],
            json!({"network_configuration": [{"security_groups": ["sg-0example"]}]}),
            json!({}),
            json!({})
        ),
    ]);
    let (_, plan) = plan_of(changes, json!({}));
    let body = &resource(&plan, "aws_ecs_service.web").body;
    let group = at(body, &["network_configuration", "0", "security_groups", "0"]);
    assert_eq!(group.as_str(), Some("sg-0example"));
    assert_eq!(&**group.origin.attribute().unwrap().0, "aws_security_group.app");
    // A resource does not point to itself.
    let own = at(&resource(&plan, "aws_security_group.app").body, &["id"]);
    assert!(own.origin.attribute().is_none());
}

#[test]
fn containers_have_places_inside_the_escaped_string() {
    let containers = r#"[{"name":"wéb \"1\"","image":"nginx:latest","command":["a\nb","😀"]}]"#;
    let after = json!({"container_definitions": containers});
    let changes = json!([change("aws_ecs_task_definition.web", &["create"], after, json!({}), json!({}))]);
    let (text, plan) = plan_of(changes, json!({}));
    let string = at(&resource(&plan, "aws_ecs_task_definition.web").body, &["container_definitions"]);
    assert_eq!(string.as_str(), Some(containers));
    let list = crate::syntax::template_json::decode(&string).unwrap().unwrap();
    let image = at(&list, &["0", "image"]);
    assert_eq!(image.as_str(), Some("nginx:latest"));
    assert!(text[image.span().range()].contains("nginx:latest"), "{}", &text[image.span().range()]);
    assert!(image.span().range().len() < 20);
}

#[test]
fn data_sources_come_from_the_prior_state_and_extra_members_are_allowed() {
    // OpenTofu adds members to the document, to changes and to resources.
    let text = json!({
        "format_version": "1.2", "terraform_version": "1.10.0", "timestamp": "2026-11-20T00:00:00Z",
        "tofu_extra": {"a": [1, {"b": null}]}, "provider_format_version": "1.0", "errored": false,
        "deferred_changes": [], "checks": [],
        "variables": {"region": {"value": "eu-west-1", "deprecated": ""}, "unset": {}},
        "resource_changes": [{
            "address": "aws_lb.main", "mode": "managed", "type": "aws_lb", "name": "main", "provider_name": "registry.opentofu.org/hashicorp/aws",
            "action_reason": "replace_because_tainted", "index": 0, "previous_address": "aws_lb.old",
            "change": {"actions": ["delete", "create"], "before": {"name": "old"}, "after": {"name": "main"}, "after_unknown": {}, "before_sensitive": false,
                       "after_sensitive": {}, "replace_paths": [["name"]], "importing": {"id": "x"}, "generated_config": "", "before_identity": null},
        }],
        "prior_state": {"format_version": "1.0", "values": {"root_module": {"child_modules": [{"address": "module.net", "resources": [
            {"address": "module.net.data.aws_vpc.main", "mode": "data", "type": "aws_vpc", "name": "main", "values": {"id": "vpc-0example"}, "sensitive_values": {}},
            {"address": "module.net.aws_eip.a", "mode": "managed", "type": "aws_eip", "name": "a", "values": {}},
        ]}]}}},
        "configuration": {"provider_config": {"aws": {"name": "aws", "expressions": {
            "region": references(&["var.region"]), "default_tags": [{"tags": {"constant_value": {"Environment": "production"}}}]}}},
            "root_module": {"resources": [{"address": "aws_lb.main", "provider_config_key": "aws", "expressions": {"name": {}}}]}},
    })
    .to_string();
    let plan = read_text(&text);
    assert!(plan.evaluation.diagnostics.is_empty(), "{:?}", plan.evaluation.diagnostics);
    let found: Vec<(&str, Mode)> =
        plan.evaluation.resources.iter().map(|resource| (&*resource.address, resource.mode)).collect();
    assert_eq!(found, [("aws_lb.main", Mode::Managed), ("module.net.data.aws_vpc.main", Mode::Data)]);
    let provider = resource(&plan, "aws_lb.main").provider.clone().unwrap();
    assert_eq!(at(&provider, &["region"]).as_str(), Some("eu-west-1"));
    assert_eq!(at(&provider, &["default_tags", "0", "tags", "Environment"]).as_str(), Some("production"));
    assert!(plan.hidden.iter().any(|span| text[span.range()].contains("\"old\"")));
}

#[test]
fn broken_plans_are_diagnostics() {
    let whole = json!({"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": [
        change("aws_lb.a", &["create"], json!({"name": "é"}), json!({}), json!({}))]})
    .to_string();
    for end in (0..whole.len()).filter(|end| whole.is_char_boundary(*end)) {
        let plan = read_text(&whole[..end]);
        assert_eq!(plan.evaluation.diagnostics.len(), 1, "{end}");
        assert_eq!(plan.evaluation.diagnostics[0].class, Class::Syntax);
    }
    let shape = read_text(
        r#"{"format_version": "1.2", "terraform_version": "1", "resource_changes": [{"address": 1}]}"#,
    );
    assert!(shape.evaluation.diagnostics[0].message.contains("no plan"));
    let deep = format!("{{\"resource_changes\": {}1{}}}", "[".repeat(5_000), "]".repeat(5_000));
    assert_eq!(read_text(&deep).evaluation.diagnostics.len(), 1);
    let errored = read_text(r#"{"format_version": "1.2", "terraform_version": "1", "errored": true}"#);
    assert!(errored.evaluation.diagnostics[0].message.contains("not complete"));
}

#[test]
fn a_mask_does_not_hide_what_is_known_beside_it() {
    let after = json!({"setting": [{"name": "containerInsights"}]});
    let unknown = json!({"setting": [{"value": true}]});
    let changes = json!([change("aws_ecs_cluster.main", &["create"], after, unknown, json!({}))]);
    let (_, plan) = plan_of(changes, json!({}));
    let setting = at(&resource(&plan, "aws_ecs_cluster.main").body, &["setting", "0"]);
    assert_eq!(at(&setting, &["name"]).as_str(), Some("containerInsights"));
    assert!(matches!(at(&setting, &["value"]).kind, Kind::Unknown(_)));
}

#[test]
fn what_is_unknown_as_a_whole_is_not_absent() {
    let all = change("aws_ecs_service.all", &["create"], Json::Null, json!(true), json!({}));
    let mut none = change("aws_ecs_service.none", &["create"], Json::Null, json!({}), json!({}));
    none["change"].as_object_mut().unwrap().remove("after");
    // A mask of something that the values leave out, or have as null.
    let mask = json!({"network_configuration": [{"subnets": true}], "tags": {"a": true}, "alarms": [{"enable": true}]});
    let inside =
        change("aws_ecs_service.inside", &["create"], json!({"alarms": [], "tags": null}), mask, json!({}));
    let configuration = json!({"resources": [{"address": "aws_ecs_service.inside", "expressions": {}}]});
    let (_, plan) = plan_of(json!([all, none, inside]), configuration);
    for (address, names) in
        [("aws_ecs_service.all", vec!["desired_count"]), ("aws_ecs_service.none", vec!["desired_count"])]
    {
        let body = &resource(&plan, address).body;
        assert!(body.as_unknown().is_some(), "{address}: {names:?}");
    }
    let body = &resource(&plan, "aws_ecs_service.inside").body;
    for name in ["network_configuration", "tags"] {
        assert!(at(body, &[name]).as_unknown().is_some(), "{name}");
    }
    assert!(at(body, &["alarms", "0"]).as_unknown().is_some());
}

#[test]
fn dynamic_blocks_beside_written_ones_keep_what_they_set() {
    let after = json!({"ebs_block_device": [{"device_name": "/dev/sdf"}, {"device_name": "/dev/sdg"}]});
    let unknown = json!({"ebs_block_device": [{}, {"volume_size": true}]});
    let configuration = json!({"resources": [{"address": "aws_instance.web", "expressions": {
        "ebs_block_device": [{"device_name": {"constant_value": "/dev/sdf"}}],
    }}]});
    let (_, plan) =
        plan_of(json!([change("aws_instance.web", &["create"], after, unknown, json!({}))]), configuration);
    let size = at(&resource(&plan, "aws_instance.web").body, &["ebs_block_device", "1", "volume_size"]);
    assert!(size.as_unknown().is_some());
}

#[test]
fn deferred_and_ephemeral_resources() {
    let mut text = json!({"format_version": "1.2", "terraform_version": "1.11.4", "deferred_changes": [
        {"reason": "instance_count_unknown",
         "resource_change": change("aws_lb.some", &["create"], json!({"name": "x"}), json!({}), json!({}))},
        {"reason": "provider_config_unknown",
         "resource_change": change("aws_lb.one", &["create"], json!({"name": "y"}), json!({}), json!({}))},
    ]});
    let mut ephemeral =
        change("aws_secretsmanager_secret_version.e", &["open"], Json::Null, json!(true), json!({}));
    ephemeral["mode"] = json!("ephemeral");
    text["resource_changes"] = json!([ephemeral]);
    let plan = read_text(&text.to_string());
    let found: Vec<(&str, bool)> = plan
        .evaluation
        .resources
        .iter()
        .map(|resource| (&*resource.address, resource.multiplicity == Multiplicity::One))
        .collect();
    assert_eq!(found, [("aws_lb.one", true), ("aws_lb.some", false)]);
}
