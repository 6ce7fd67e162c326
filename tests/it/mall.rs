//! The small mall: set up in the back office, seen by customers, told to the salesperson.

use serde_json::{Value, json};

use crate::support::{Actor, Encoding, Form, Reply, Server};

fn post(actor: &Actor, path: &str, fields: &Value) -> Reply {
    actor.post(&format!("/zhugeleida/{path}"), &Form::of(Encoding::Urlencoded, fields.as_object().expect("fields")))
}

fn add_class(office: &Actor, name: &str, parent: Option<i64>) -> i64 {
    let fields =
        json!({ "classificationName": name, "goodsNum": 0, "parentClassification": parent.unwrap_or_default() });
    let fields = if parent.is_some() { fields } else { json!({ "classificationName": name, "goodsNum": 0 }) };
    post(office, "xiaochengxu/goodsClassOper/add/0", &fields).ok()["id"].as_i64().expect("an id")
}

fn good(name: &str, class: i64) -> Value {
    json!({
        "goodsName": name, "goodsPrice": "128.5", "goodsInventory": 3, "parentClassification": class,
        "topLunBoTu": ["statics/zhugeleida/imgs/demo/product-1.jpg"], "DetailsDescription": "好用",
    })
}

fn names(reply: &Reply) -> Vec<String> {
    let rows = reply.ok()["ret_data"].as_array().expect("rows");
    assert!(reply.data["data_count"].as_i64() >= i64::try_from(rows.len()).ok(), "{}", reply.story());
    rows.iter().map(|row| row["goodsName"].as_str().expect("a name").to_owned()).collect()
}

#[test]
fn the_back_office_sees_how_the_mall_is_set() {
    let server = Server::demo();
    let office = server.admin();
    let shown = || office.get("/zhugeleida/admin/mall_settings", &[]).ok()["ret_data"].clone();
    let path = "xiaochengxu/jiChuSheZhiOper/addOrUpdate";
    let fields = json!({ "shangChengName": "春日商城", "shangHuHao": "1900000109", "shangHuMiYao": "k".repeat(32) });
    post(&office, path, &fields).ok();
    let settings = shown();
    assert_eq!(
        (&settings["is_open"], &settings["shangChengName"], &settings["shangHuHao"], &settings["has_key"]),
        (&json!(true), &json!("春日商城"), &json!("1900000109"), &json!(true)),
        "{settings}"
    );
    assert!(!settings.to_string().contains("kkk"), "the key stays here: {settings}");
}

#[test]
fn classes_are_a_tree() {
    let server = Server::demo();
    let office = server.admin();
    let (top, other) = (add_class(&office, "家具", None), add_class(&office, "灯具", None));
    let middle = add_class(&office, "沙发", Some(top));
    let low = add_class(&office, "布艺", Some(middle));
    let show = |actor: &Actor| {
        let reply = actor.get("/zhugeleida/xiaochengxu/goodsClassShow", &[("singleUser", &top.to_string())]);
        reply.ok().clone()
    };
    let leaf = json!({ "name": "布艺", "id": low, "goodsNum": 0 });
    let below = json!([{ "name": "沙发", "id": middle, "goodsNum": 0, "children": [leaf] }]);
    let tree = json!([{ "name": "家具", "id": top, "goodsNum": 0, "children": below }]);
    assert_eq!(show(&office), tree);
    let customer = server.customer(&server.salesperson(1, "lina"), "逛店人");
    assert_eq!(show(&customer), tree);
    let all = server.api.get("/zhugeleida/xiaochengxu/goodsClassShow", &customer.signature_without_timestamp());
    assert!(
        all.ok()
            .as_array()
            .expect("a list")
            .iter()
            .any(|class| class["id"] == other && class.get("children").is_none())
    );

    let change = |id: i64, parent: i64| {
        let fields = json!({ "classificationName": "家具", "goodsNum": 0, "parentClassification": parent });
        post(&office, &format!("xiaochengxu/goodsClassOper/update/{id}"), &fields)
    };
    change(top, low).refused(301);
    change(top, top).refused(301);
    change(top, 99_999).refused(301);
    let level_four = add_class(&office, "四级", Some(low));
    change(top, other).ok();
    post(
        &office,
        "xiaochengxu/goodsClassOper/add/0",
        &json!({ "classificationName": "六级", "goodsNum": 0, "parentClassification": level_four }),
    )
    .refused(301);
    post(&customer, "xiaochengxu/goodsClassOper/add/0", &json!({ "classificationName": "客户的", "goodsNum": 0 }))
        .refused(400);

    let delete = |id: i64| post(&office, &format!("xiaochengxu/goodsClassOper/delete/{id}"), &json!({}));
    delete(middle).refused(304);
    let id = post(&office, "admin/mallManagement/add/0", &good("布沙发", level_four)).ok()["id"].clone();
    delete(level_four).refused(304);
    post(&office, &format!("admin/mallManagement/delete/{id}"), &json!({})).ok();
    delete(level_four).ok();
    delete(level_four).refused(302);
}

#[test]
fn goods_are_looked_at_forwarded_and_asked_about() {
    let server = Server::demo();
    let office = server.admin();
    let li_na = server.salesperson(1, "lina");
    let customer = server.customer(&li_na, "逛店人");
    let top = add_class(&office, "家具", None);
    let class = add_class(&office, "沙发", Some(top));
    let add = |fields: &Value| post(&office, "admin/mallManagement/add/0", fields);
    let id = add(&good("布沙发", class)).ok()["id"].as_i64().expect("an id");
    add(&good("布沙发", class)).refused(300);
    for (field, value) in [("goodsPrice", json!("1.234")), ("goodsPrice", json!("-1")), ("goodsInventory", json!(-1))] {
        let mut wrong = good("错误商品", class);
        wrong[field] = value;
        assert!(add(&wrong).refused(301).data[field].is_array());
    }
    let mut hidden = good("还没上架", class);
    hidden["goodsStatus"] = 2.into();
    let hidden = add(&hidden).ok()["id"].as_i64().expect("an id");
    let mut none_left = good("卖完的", class);
    none_left["goodsInventory"] = 0.into();
    add(&none_left).ok();

    let listed = |query: &[(&str, &str)]| names(&office.get("/zhugeleida/admin/mallManagement", query));
    let in_top = top.to_string();
    assert_eq!(listed(&[("parentClassification", &in_top)]), ["卖完的", "还没上架", "布沙发"]);
    assert_eq!(listed(&[("parentClassification", &in_top), ("goodsStatus", "1")]), ["布沙发"]);
    assert_eq!(listed(&[("parentClassification", &in_top), ("goodsStatus", "3")]), ["卖完的"]);
    assert_eq!(listed(&[("goodsName", "沙")]), ["布沙发"]);
    assert_eq!(listed(&[("goodsName", "%")]), Vec::<String>::new());
    assert_eq!(listed(&[("parentClassification", &in_top), ("length", "1"), ("current_page", "2")]), ["还没上架"]);

    let uid = li_na.id();
    let in_shop = |path: &str, query: &[(&str, &str)]| {
        let all: Vec<_> = [("uid", uid.as_str())].iter().chain(query).copied().collect();
        customer.get(&format!("/zhugeleida/xiaochengxu/mallManage{path}"), &all)
    };
    assert_eq!(names(&in_shop("", &[("parentClassification", &in_top)])), ["卖完的", "布沙发"]);
    assert_eq!(
        names(&in_shop("", &[("parentClassification", &in_top), ("length", "1"), ("current_page", "2")])),
        ["布沙发"]
    );
    let goods_id = id.to_string();
    let looked = in_shop("/single", &[("goods_id", &goods_id)]);
    let row = &looked.ok()["ret_data"][0];
    assert_eq!((&row["goodsPrice"], &row["parentName"]), (&json!("128.50"), &json!("沙发")), "{row}");
    in_shop("/single", &[("goods_id", &hidden.to_string())]).refused(302);
    assert_eq!(in_shop("/forward_product", &[("goods_id", &goods_id)]).msg, "记录转发产品成功");
    in_shop("/consult_product", &[("goods_id", &goods_id)]).ok();

    let log = li_na.get("/zhugeleida/qiyeweixin/action/time", &[("customer_id", &customer.id()), ("length", "4")]);
    let lines: Vec<_> = log.ok()["ret_data"].as_array().expect("rows").iter().map(|row| row["log"].clone()).collect();
    assert_eq!(
        lines,
        [
            "逛店人向您咨询商品",
            "逛店人转发了【布沙发】",
            "逛店人正在查看【布沙发】,尽快把握商机",
            "逛店人正在查看您发布的商品,尽快把握商机"
        ]
    );
    let question = li_na.history(&customer)[0].to_string();
    assert!(question.contains("布沙发") && question.contains("128.50") && question.contains("goods_id"), "{question}");
    assert_eq!(server.select(&format!("SELECT forward_count FROM good WHERE id = {id}")), 1);

    let mut withdrawn = good("布沙发（停售）", class);
    withdrawn["goodsStatus"] = 4.into();
    post(&office, &format!("admin/mallManagement/update/{id}"), &withdrawn).ok();
    in_shop("/single", &[("goods_id", &goods_id)]).refused(302);
    let audit = server.select("SELECT group_concat(action) FROM audit_log WHERE action LIKE 'mallManagement%'");
    assert_eq!(audit, "mallManagement.add,mallManagement.add,mallManagement.add,mallManagement.update");
}
