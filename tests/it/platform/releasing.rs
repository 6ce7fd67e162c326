//! Code: uploaded, reviewed, put online, taken back.

use std::thread;

use serde_json::{Value, json};

use super::{Push, authorise_mini, calls, control, ids, name_mini, office_of, with_platforms};
use crate::support::{Actor, Form, Reply, Server, sandbox, soon};

const SPARE: &str = sandbox::SPARE_APP_ID;

/// The only mini-program in somebody's list.
#[track_caller]
fn listed(admin: &Actor) -> Value {
    let list = admin.get("/zhugeleida/admin/xcx_app", &[]);
    assert_eq!(list.ok()["data_count"], 1, "{}", list.story());
    list.data["ret_data"][0].clone()
}

#[track_caller]
fn id_of(admin: &Actor) -> i64 {
    listed(admin)["id"].as_i64().expect("an id")
}

fn upload(admin: &Actor, id: i64, version: &str) -> Reply {
    let form = ids(&[id]).with("user_version", version).with("template_id", 0).with("user_desc", "更新");
    admin.post("/zhugeleida/admin/dai_xcx/upload_code", &form)
}

fn perform(admin: &Actor, deed: &str, id: i64) -> Reply {
    admin.post(&format!("/zhugeleida/admin/dai_xcx/{deed}"), &ids(&[id]))
}

fn ask(admin: &Actor) -> Reply {
    admin.get("/zhugeleida/admin/dai_xcx/get_latest_audit_status", &[])
}

fn decide(server: &Server, decision: &Value) -> Push {
    let mut about = json!({ "app_id": SPARE });
    about.as_object_mut().expect("an object").extend(decision.as_object().expect("an object").clone());
    Push::of(server, "audit", &about)
}

/// An answer that says so and shows this status.
#[track_caller]
fn done(reply: &Reply, msg: &str, status: i64) {
    reply.ok();
    assert_eq!((reply.msg.as_str(), &reply.data["ret_data"][0]["status"]), (msg, &json!(status)), "{}", reply.story());
}

/// A refusal, and the status after it.
#[track_caller]
fn failed(reply: &Reply, code: i64, status: i64) {
    assert_eq!(reply.refused(code).data["ret_data"][0]["status"], status, "{}", reply.story());
}

#[test]
fn from_authorisation_to_release_refused_once_and_back_again() {
    let (server, admin) = with_platforms();
    authorise_mini(&server, &admin, SPARE);
    let app = listed(&admin);
    let id = app["id"].as_i64().expect("an id");
    assert_eq!(
        (&app["status"], &app["status_text"], &app["belong_user"]),
        (&json!(0), &json!("未上线过"), &json!("admin"))
    );
    let templates = admin.get("/zhugeleida/admin/dai_xcx/template_list", &[]);
    assert_eq!(templates.ok()["template_list"][0]["template_id"], 0, "{}", templates.story());

    // Nothing can be done before there is code.
    failed(&perform(&admin, "submit_audit", id), 301, 0);
    failed(&perform(&admin, "undocode_audit", id), 301, 0);
    failed(&perform(&admin, "relase_code", id), 85019, 8);
    failed(&perform(&admin, "revert_code_release", id), 87012, 12);
    let unknown = ids(&[id]).with("user_version", "v1").with("template_id", 99).with("user_desc", "无");
    failed(&admin.post("/zhugeleida/admin/dai_xcx/upload_code", &unknown), 85014, 2);

    done(&upload(&admin, id, "v1.0"), "小程序帐号上传小程序代码成功", 1);
    let app = listed(&admin);
    assert_eq!((&app["version_num"], &app["reason"], &app["template_id"]), (&json!("v1.0"), &json!(""), &json!(0)));
    let picture = app["experience_qrcode"].as_str().expect("an address");
    assert!(picture.starts_with(&format!("statics/zhugeleida/imgs/admin/qr_code/{SPARE}_")), "{picture}");
    assert_eq!(server.api.head(&format!("/{picture}")).header("content-type"), "image/jpeg");
    let commits = calls(&server, "/wxa/commit");
    let ext: Value = serde_json::from_str(commits[1]["body"]["ext_json"].as_str().expect("a text")).expect("JSON");
    let expected = json!({
        "extEnable": "true", "extAppid": SPARE, "directCommit": "false",
        "ext": { "company_id": 1, "user_version": "v1.0" },
    });
    assert_eq!(ext, expected);

    done(&perform(&admin, "submit_audit", id), "提交审核代码成功", 4);
    let item = &calls(&server, "/wxa/submit_audit")[0]["body"]["item_list"][0];
    assert_eq!(
        (&item["address"], &item["tag"], &item["first_id"]),
        (&json!("pages/mingpian/index"), &json!("名片"), &json!(210))
    );
    // Again: WeChat's own words, and what is under review stays so.
    let again = perform(&admin, "submit_audit", id);
    failed(&again, 85009, 4);
    assert!(
        again.msg.starts_with("提交审核代码报错: 85009 : already submit a version under auditing"),
        "{}",
        again.msg
    );
    failed(&perform(&admin, "relase_code", id), 85020, 4);

    // Refused by the reviewers; the event tells, and may repeat itself.
    let callback = format!("/zhugeleida/admin/open_weixin/callback/{SPARE}");
    let refusal = decide(&server, &json!({ "reason": "1:内容不符合规则<br>(1):请完善<script>x</script>" }));
    refusal.deliver(&server, &callback);
    refusal.deliver(&server, &callback);
    let app = listed(&admin);
    assert_eq!((&app["status"], &app["reason"]), (&json!(6), &json!("1:内容不符合规则<br>(1):请完善")));

    // WeChat tells whole seconds: within the same one, the old refusal could be about the new version.
    thread::sleep(std::time::Duration::from_millis(1100));
    done(&upload(&admin, id, "v1.1"), "小程序帐号上传小程序代码成功", 1);
    done(&perform(&admin, "submit_audit", id), "提交审核代码成功", 4);
    refusal.deliver(&server, &callback);
    done(&ask(&admin), "查询最新一次提交的审核状态-执行完成", 4);
    decide(&server, &json!({ "pass": true }));
    done(&ask(&admin), "查询最新一次提交的审核状态-执行完成", 5);
    let process = || admin.get("/zhugeleida/admin/xcx_auth_process", &[]).ok()["ret_data"].clone();
    assert_eq!((&process()["version_num"], &process()["stay_version_num"]), (&json!(""), &json!("v1.1")));
    assert_ne!(process()["stay_audit_time"], "");
    done(&perform(&admin, "relase_code", id), "小程序发布成功", 7);
    done(&perform(&admin, "relase_code", id), "小程序发布成功", 7);
    assert_eq!((&process()["version_num"], &process()["stay_version_num"]), (&json!("v1.1"), &json!("")));

    // The next version, taken back once and then released; and back to the one before.
    done(&upload(&admin, id, "v1.2"), "小程序帐号上传小程序代码成功", 1);
    done(&perform(&admin, "submit_audit", id), "提交审核代码成功", 4);
    done(&perform(&admin, "undocode_audit", id), "小程序审核撤回成功", 9);
    done(&perform(&admin, "submit_audit", id), "提交审核代码成功", 4);
    let spent = perform(&admin, "undocode_audit", id);
    failed(&spent, 87013, 10);
    assert!(spent.msg.contains("撤回次数达到上限"), "{}", spent.msg);
    decide(&server, &json!({ "pass": true })).deliver(&server, &callback);
    assert_eq!(listed(&admin)["status"], 5);
    done(&perform(&admin, "relase_code", id), "小程序发布成功", 7);
    assert_eq!(process()["version_num"], "v1.2");
    done(&perform(&admin, "revert_code_release", id), "小程序回退成功", 11);
    assert_eq!((&process()["version_num"], &listed(&admin)["version_num"]), (&json!("v1.1"), &json!("v1.1")));
    failed(&perform(&admin, "revert_code_release", id), 87012, 12);
    let notes = "SELECT count(*) FROM audit_log WHERE action LIKE 'dai_xcx.%'";
    assert!(server.select(notes).as_i64() > Some(15), "what was done is noted");

    // The app may show its reviewed face to those who have the version that is online.
    server.run(&["settings", "set", "company.1.xcx.app_id", sandbox::MINI_APP_ID]);
    server.run(&["settings", "set", "company.1.xcx.secret", sandbox::MINI_SECRET]);
    soon("the mini-program", || (server.mini_login(1, "bad.1").code == 40029).then_some(()));
    for (number, (version, is_released)) in [("v1.1", true), ("v1.2", false), ("", false)].into_iter().enumerate() {
        let code = format!("gast.{number}");
        let query = [("code", code.as_str()), ("user_type", "2"), ("company_id", "1"), ("user_version", version)];
        let login = server.api.get("/zhugeleida/xiaochengxu/login", &query);
        assert_eq!(login.ok()["is_release_version_num"], is_released, "{version}");
    }
}

#[test]
fn one_failing_app_does_not_stop_the_others() {
    let (server, admin) = with_platforms();
    let names = [("青禾家居", "qinghe", sandbox::MINI_APP_ID), ("晨光", "chenguang", sandbox::AUTHORISED_APP_ID)];
    let offices = names.map(|(company, login_user, app_id)| {
        let office = office_of(&server, &admin, company, login_user);
        authorise_mini(&server, &office, app_id);
        office
    });
    authorise_mini(&server, &admin, SPARE);
    let (first, second) = (id_of(&offices[0]), id_of(&offices[1]));
    let all = admin.get("/zhugeleida/admin/xcx_app", &[]);
    let shown: Vec<i64> =
        all.ok()["ret_data"].as_array().expect("a list").iter().filter_map(|row| row["id"].as_i64()).collect();
    assert_eq!((shown.len(), shown[1..].to_vec()), (3, vec![second, first]), "newest first, of all companies");
    let own = shown[0];
    let form = ids(&[own, second]).with("user_version", "v1").with("template_id", 1).with("user_desc", "首版");
    admin.post("/zhugeleida/admin/dai_xcx/upload_code", &form).ok();

    // One has no code, one does not exist; the other two go their way.
    let submitted = admin.post("/zhugeleida/admin/dai_xcx/submit_audit", &ids(&[own, first, 999, second, own]));
    assert!(submitted.refused(301).msg.contains("请先提交代码"), "{}", submitted.story());
    let rows = submitted.data["ret_data"].as_array().expect("a list");
    let codes: Vec<_> = rows.iter().map(|row| (row["id"].as_i64().unwrap(), row["code"].as_i64().unwrap())).collect();
    assert_eq!(codes, [(own, 200), (first, 301), (999, 302), (second, 200)]);
    assert_eq!(listed(&offices[1])["status"], 4);
    // WeChat refuses one of them.
    Push::of(&server, "audit", &json!({ "app_id": SPARE, "pass": true }));
    let asked = ask(&admin);
    assert_eq!(asked.ok()["ret_data"].as_array().expect("a list").len(), 2);
    let released = admin.post("/zhugeleida/admin/dai_xcx/relase_code", &ids(&[second, own]));
    assert!(released.refused(85020).msg.starts_with("小程序发布报错: 85020 : "), "{}", released.story());
    let rows = &released.data["ret_data"];
    assert_eq!((&rows[0]["code"], &rows[1]["code"], &rows[1]["status"]), (&json!(85020), &json!(200), &json!(7)));

    // Nobody touches another company's.
    let foreign = perform(&offices[0], "relase_code", second);
    assert_eq!(foreign.refused(302).data["ret_data"][0]["company_name"], "", "{}", foreign.story());
    upload(&offices[0], own, "v9").refused(302);
    assert_eq!(ask(&offices[0]).ok()["ret_data"], json!([]));
    for bad in [json!([]), json!((1..=101).collect::<Vec<i64>>())] {
        let form = Form::urlencoded().with("app_ids_list", bad);
        admin.post("/zhugeleida/admin/dai_xcx/relase_code", &form).refused(301);
    }
    // WeChat is down: nothing has failed there, so everything stays as it was.
    control(&server, &json!({ "down": { "path_prefix": "/wxa/revertcoderelease", "times": 9 } }));
    let down = perform(&admin, "revert_code_release", own);
    assert_eq!((down.refused(503).status, listed_status(&server, own)), (503, 7));
    // Its authorisation is withdrawn.
    Push::of(&server, "unauthorise", &json!({ "app_id": SPARE })).deliver(&server, super::EVENTS);
    let gone = perform(&admin, "relase_code", own);
    assert!(gone.refused(400).msg.contains("授权已取消"), "{}", gone.story());
}

fn listed_status(server: &Server, id: i64) -> i64 {
    server.select(&format!("SELECT status FROM xcx_app WHERE id = {id}")).as_i64().expect("a status")
}

#[test]
fn what_passes_is_released_by_itself_when_so_set() {
    let (server, admin) = with_platforms();
    authorise_mini(&server, &admin, SPARE);
    let id = id_of(&admin);
    server.run(&["settings", "set", "platform.release_automatically", "true"]);
    upload(&admin, id, "v1").ok();
    perform(&admin, "submit_audit", id).ok();
    // By the time WeChat's event comes, the setting is known.
    thread::sleep(std::time::Duration::from_secs(2));
    decide(&server, &json!({ "pass": true }))
        .deliver(&server, &format!("/zhugeleida/admin/open_weixin/callback/{SPARE}"));
    soon("the release", || (listed(&admin)["status"] == 7).then_some(()));
}

#[test]
fn a_mini_program_with_its_own_secret_only_is_not_released_here() {
    let (server, admin) = with_platforms();
    server.run(&["settings", "set", "company.1.xcx.app_id", sandbox::MINI_APP_ID]);
    server.run(&["settings", "set", "company.1.xcx.secret", sandbox::MINI_SECRET]);
    soon("the mini-program", || (server.mini_login(1, "bad.1").code == 40029).then_some(()));
    authorise_mini(&server, &admin, sandbox::MINI_APP_ID);
    let id = id_of(&admin);
    upload(&admin, id, "v1").ok();
    Push::of(&server, "unauthorise", &json!({ "app_id": sandbox::MINI_APP_ID })).deliver(&server, super::EVENTS);
    let refused = upload(&admin, id, "v2");
    assert!(refused.refused(400).msg.contains("使用自己的密钥"), "{}", refused.story());
    assert_eq!(admin.get("/zhugeleida/admin/xcx_app", &[]).ok()["data_count"], 0);
    name_mini(&admin, SPARE).ok();
}

#[test]
fn tokens_that_end_amid_many_calls_are_fetched_once() {
    let (server, admin) = with_platforms();
    authorise_mini(&server, &admin, SPARE);
    let id = id_of(&admin);
    upload(&admin, id, "v1").ok();
    let fetched = |path: &str| calls(&server, path).len();
    let (component, authorizer) = ("/cgi-bin/component/api_component_token", "/cgi-bin/component/api_authorizer_token");
    let before = (fetched(component), fetched(authorizer));
    control(&server, &json!({ "expire_tokens": true }));
    thread::scope(|scope| {
        let all: Vec<_> =
            (0..50).map(|_| scope.spawn(|| perform(&admin, "revert_code_release", id).refused(87012).code)).collect();
        for one in all {
            assert_eq!(one.join().expect("an answer"), 87012);
        }
    });
    // The authorizer's is asked for with the platform's old token first, which is refused.
    assert_eq!((fetched(component), fetched(authorizer)), (before.0 + 1, before.1 + 2));
}
