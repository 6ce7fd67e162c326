//! Two companies with everything: the demo company, and 青禾家居 beside it.

use serde_json::{Value, json};

use super::Who;
use crate::support::{Actor, Form, Server, sandbox, soon};

/// A company and one of each thing that is its own.
pub struct World {
    pub company: i64,
    /// An administrator of role 2.
    pub office: Actor,
    pub staff: Actor,
    pub customer: Actor,
    ids: Vec<(&'static str, i64)>,
}

impl World {
    pub fn actor(&self, who: Who) -> &Actor {
        match who {
            Who::Office => &self.office,
            Who::Staff => &self.staff,
            Who::Customer => &self.customer,
        }
    }

    /// Puts ids in the place of `<product>`, or with a prefix of `<own product>`.
    pub fn fill(&self, text: &str, prefix: &str) -> String {
        self.ids
            .iter()
            .fold(text.to_owned(), |text, (name, id)| text.replace(&format!("<{prefix}{name}>"), &id.to_string()))
    }

    /// The names that betray the company: no other's contains them.
    pub fn names(&self, server: &Server) -> Vec<String> {
        let all = "SELECT company_id, username AS name FROM staff UNION SELECT company_id, nickname FROM customer
             UNION SELECT company_id, name FROM product UNION SELECT company_id, name FROM good
             UNION SELECT company_id, name FROM goods_class UNION SELECT company_id, name FROM department
             UNION SELECT company_id, login_user FROM admin WHERE role_id <> 1
             UNION SELECT company_id, title FROM article UNION SELECT company_id, name FROM article_tag
             UNION SELECT company_id, content FROM article_comment UNION SELECT company_id, title FROM activity
             UNION SELECT company_id, name FROM card_plugin UNION SELECT company_id, title FROM goods_plugin
             UNION SELECT company_id, customer_name FROM case_study UNION SELECT company_id, title FROM diary
             UNION SELECT company_id, name FROM case_tag
             UNION SELECT company_id, username FROM temp_staff UNION SELECT company_id, name FROM tag
             UNION SELECT company_id, text FROM follow_phrase UNION SELECT company_id, text FROM follow_up
             UNION SELECT id, name FROM company";
        let sql = format!(
            "WITH all_names AS ({all})
             SELECT json_group_array(name) FROM all_names AS mine WHERE company_id = {} AND length(name) > 1
             AND NOT EXISTS (SELECT 1 FROM all_names WHERE company_id <> mine.company_id AND instr(name, mine.name))",
            self.company
        );
        let names = server.select(&sql);
        serde_json::from_str(names.as_str().expect("a list")).expect("a list of names")
    }

    /// Every row that is the company's, but for what their own doing changes.
    pub fn rows(&self, server: &Server) -> Value {
        let tables = [
            "admin",
            "department",
            "staff",
            "temp_staff",
            "customer",
            "product",
            "goods_class",
            "good",
            "mall_order",
            "relation",
            "radar_log",
            "chat_message",
            "tag",
            "follow_phrase",
            "follow_up",
            "stat_day",
            "mall",
            "case_study",
            "diary",
            "case_tag",
            "diary_comment",
            "website",
            "article",
            "article_tag",
            "article_reader",
            "article_comment",
            "activity",
            "card_plugin",
            "goods_plugin",
        ];
        let connection = server.database();
        let mut all = Vec::new();
        for table in tables {
            let sql = format!("SELECT * FROM {table} WHERE company_id = {}", self.company);
            let mut statement = connection.prepare(&sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
            let width = statement.column_count();
            let rows = statement.query_map([], |row| {
                (0..width).map(|place| Ok(format!("{:?}", row.get_ref(place)?))).collect::<rusqlite::Result<Vec<_>>>()
            });
            let rows: rusqlite::Result<Vec<_>> = rows.and_then(Iterator::collect);
            all.push(json!([table, rows.expect("the rows")]));
        }
        all.into()
    }
}

/// The demo company, and a second one.
pub fn worlds(server: &Server) -> [World; 2] {
    let first = server.admin();
    let company = json!({
        "name": "青禾家居", "charging_start_time": server.select("SELECT date('now', '+8 hours')"),
        "open_length_time": 4, "mingpian_available_num": 20,
    });
    let second = post(&first, "admin/company/add_company/0", &company)["id"].as_i64().expect("an id");
    let corp = json!({ "corp_id": sandbox::CORP_ID, "tongxunlu_secret": sandbox::CONTACTS_SECRET });
    post(&first, &format!("admin/company/update_tongxunlu/{second}"), &corp);
    let agent = json!({ "app_type": 1, "agent_id": sandbox::RADAR_AGENT_ID, "app_secret": sandbox::RADAR_SECRET });
    post(&first, &format!("admin/company/update_agent/{second}"), &agent);
    server.run(&["settings", "set", &format!("company.{second}.xcx.app_id"), sandbox::MINI_APP_ID]);
    server.run(&["settings", "set", &format!("company.{second}.xcx.secret"), sandbox::MINI_SECRET]);
    let merchant = json!({
        "shangChengName": "青禾商城", "shangHuHao": sandbox::MERCHANT, "shangHuMiYao": sandbox::MERCHANT_KEY,
    });
    let account = json!({ "login_user": "ladenleitung", "password": "Laden2026", "role_id": 2, "company_id": second });
    post(&first, "admin/admin_userprofile/add/0", &account);
    let shop = server.administrator("ladenleitung", "Laden2026");
    post(&shop, "xiaochengxu/jiChuSheZhiOper/addOrUpdate", &merchant);
    soon("the mini-program's settings", || (server.mini_login(second, "bad.1").code == 40029).then_some(()));
    [furnished(server, 1, "lina"), furnished(server, second, "zhaomin")]
}

fn post(actor: &Actor, path: &str, fields: &Value) -> Value {
    let form = Form::of(crate::support::Encoding::Urlencoded, fields.as_object().expect("fields"));
    actor.post(&format!("/zhugeleida/{path}"), &form).ok().clone()
}

/// An administrator, a salesperson with a customer and a conversation, an applicant, products, a department.
fn furnished(server: &Server, company: i64, userid: &str) -> World {
    let first = server.admin();
    let add_account = |login_user: &str| {
        let account = json!({
            "login_user": login_user, "password": "Niederlassung2026", "role_id": 2, "company_id": company,
            "username": login_user, "position": "经理",
        });
        post(&first, "admin/admin_userprofile/add/0", &account)["id"].as_i64().expect("an id")
    };
    add_account(&format!("leitung{company}"));
    let account = add_account(&format!("zweitkonto{company}"));
    let office = server.administrator(&format!("leitung{company}"), "Niederlassung2026");
    let select = |sql: &str| server.select(sql).as_i64().expect("a number");
    let is_new = company != 1;
    if is_new {
        post(&office, &format!("admin/user/sync_user_tongxunlu/{company}"), &json!({}));
        let id = select(&format!("SELECT id FROM staff WHERE company_id = {company} AND userid = '{userid}'"));
        post(&office, &format!("admin/user/update_status/{id}"), &json!({ "status": 1 }));
        server.wait_for_qr_codes(company);
    }
    let staff = server.salesperson(company, userid);
    let department = post(&office, "admin/department/add/0", &json!({ "name": format!("第{company}号部") }));
    let product = |name: &str, kind: i64| {
        let fields = json!({
            "name": format!("{name}{company}"), "price": "9元", "reason": "好", "product_type": kind, "u_id": staff.user_id,
            "content": { "cover_data": [], "article_data": [] },
        });
        post(&office, "admin/product/add/0", &fields)["id"].as_i64().expect("an id")
    };
    let class = json!({ "classificationName": format!("第{company}号分类"), "goodsNum": 0 });
    let class = post(&office, "xiaochengxu/goodsClassOper/add/0", &class)["id"].as_i64().expect("an id");
    let good = json!({
        "goodsName": format!("商城商品{company}"), "goodsPrice": "9.9", "goodsInventory": 5, "parentClassification": class,
    });
    let good = post(&office, "admin/mallManagement/add/0", &good)["id"].as_i64().expect("an id");
    let ids = [("product", product("公司产品", 1)), ("staff_product", product("个人产品", 2))];
    let applicant = json!({
        "username": format!("申请人{company}"), "position": "顾问", "wechat": "wx",
        "wechat_phone": format!("1390000000{company}"), "mingpian_phone": format!("1390000000{company}"),
    });
    let applicant = post(&office, "admin/user/scan_code_to_add_user/0", &applicant)["id"].as_i64().expect("an id");
    let customer = server.customer(&staff, &format!("来客{company}"));
    customer.say(&staff, &format!("来客{company}的话")).ok();
    let order = json!({ "u_id": customer.user_id, "goodsId": good, "uid": staff.user_id });
    let order = post(&customer, "xiaochengxu/yuZhiFu", &order)["order_id"].as_i64().expect("an id");
    let name = format!("第{company}号标签");
    let tagged = json!({ "name": name, "customer_list": [customer.user_id] });
    let tag = post(&staff, "qiyeweixin/tag_customer/add/0", &tagged)["id"].as_i64().expect("an id");
    let phrase = json!({ "custom_language": format!("第{company}号常用语") });
    let phrase = post(&staff, "qiyeweixin/follow_language/add/0", &phrase)["language_id"].as_i64().expect("an id");
    let follow_up = json!({ "follow_info": format!("第{company}号跟进") });
    post(&staff, &format!("qiyeweixin/follow_info/add/{}", customer.user_id), &follow_up);
    let of_customer = format!("WHERE customer_id = {}", customer.user_id);
    let mut ids = ids.to_vec();
    ids.extend([
        ("company", company),
        ("class", class),
        ("good", good),
        ("order", order),
        ("account", account),
        ("staff", staff.user_id),
        (
            "colleague",
            select(&format!("SELECT max(id) FROM staff WHERE company_id = {company} AND userid <> '{userid}'")),
        ),
        ("customer", customer.user_id),
        ("department", department["id"].as_i64().expect("an id")),
        ("applicant", applicant),
        ("tag", tag),
        (
            "common_tag",
            select(&format!(
                "SELECT min(id) FROM tag WHERE company_id = {company} AND staff_id IS NULL AND parent_id IS NOT NULL"
            )),
        ),
        ("tag_group", select(&format!("SELECT min(id) FROM tag WHERE company_id = {company} AND parent_id IS NULL"))),
        ("phrase", phrase),
        ("entry", select(&format!("SELECT max(id) FROM radar_log {of_customer}"))),
    ]);
    ids.extend(told(server, company, &office, &customer));
    ids.extend(published(server, company, &office, &staff, &customer));
    World { company, office, staff, customer, ids }
}

/// A case with a tag and a diary, which the customer has searched for, looked at, collected and commented on.
fn told(server: &Server, company: i64, office: &Actor, customer: &Actor) -> Vec<(&'static str, i64)> {
    let id = |made: Value| made["id"].as_i64().expect("an id");
    let tag = id(post(office, "admin/case_tag/add/0", &json!({ "name": format!("第{company}号标签") })));
    let case = json!({ "customer_name": format!("第{company}号案例"), "status": 1, "tag_list": [tag] });
    let case = id(post(office, "admin/case_manage/add/0", &case));
    let diary = json!({ "case_id": case, "title": format!("第{company}号日记"), "status": 1 });
    let diary = id(post(office, "admin/diary_manage/add/0", &diary));
    let list = "/zhugeleida/xiaochengxu/case_manage/case_list";
    customer.get(list, &[("search_tag_id", &tag.to_string())]).ok();
    customer.get(list, &[("case_id", &case.to_string())]).ok();
    post(customer, "xiaochengxu/case_manage/collection_case", &json!({ "case_id": case }));
    post(customer, &format!("xiaochengxu/diary_manage/review_diary/{diary}"), &json!({ "content": "好" }));
    let comment = server.select(&format!("SELECT max(id) FROM diary_comment WHERE diary_id = {diary}"));
    vec![("case", case), ("case_tag", tag), ("diary", diary), ("comment", comment.as_i64().expect("an id"))]
}

/// Articles and what they show; the customer has read one and commented on it.
fn published(
    server: &Server,
    company: i64,
    office: &Actor,
    staff: &Actor,
    customer: &Actor,
) -> Vec<(&'static str, i64)> {
    let activity = json!({
        "title": format!("活动{company}号"), "ad_slogan": "来", "sign_up_button": "报名", "introduce": "说明",
    });
    let activity = post(office, "admin/plugin_report/add/0", &activity)["id"].as_i64().expect("an id");
    let card = json!({ "name": format!("名片{company}号"), "username": "客服" });
    let card = post(office, "admin/plugin_mingpian/add/0", &card)["id"].as_i64().expect("an id");
    let goods = json!({ "title": format!("插件商品{company}号"), "content": { "goods_data": [], "cover_data": [] } });
    let goods = post(office, "admin/plugin_goods/add/0", &goods)["id"].as_i64().expect("an id");
    let article_tag = post(office, "admin/article_tag/add/0", &json!({ "tag_name": format!("标签{company}号") }));
    let article = |title: &str| {
        let fields = json!({ "title": format!("{title}{company}号"), "content": "文" });
        post(office, "admin/article/add/0", &fields)[0]["id"].as_i64().expect("an id")
    };
    let (article, other_article) = (article("文章"), article("另文"));
    let article_path = |what: &str| format!("/zhugeleida/gongzhonghao/article/{what}/{article}");
    let reading = customer.get(&article_path("myarticle"), &[("uid", &staff.id())]);
    let reading = reading.ok()["article_access_log_id"].as_i64().expect("an id");
    let words = Form::urlencoded().with("content", format!("评论{company}号"));
    customer.post(&article_path("review_article"), &words).ok();
    let comment = server.select("SELECT max(id) FROM article_comment").as_i64().expect("an id");
    vec![
        ("activity", activity),
        ("card_plugin", card),
        ("goods_plugin", goods),
        ("article_tag", article_tag[0]["tag_id"].as_i64().expect("an id")),
        ("article", article),
        ("other_article", other_article),
        ("reading", reading),
        ("article_comment", comment),
    ]
}
