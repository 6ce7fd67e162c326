//! How people come to the server: they log in as their clients do.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use serde_json::Value;

use super::{Actor, Encoding, Family, Form, Reply, Server, now_ms, within};

/// Another number each time; WeChat takes a code only once.
fn fresh() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("{}-{}", now_ms(), NEXT.fetch_add(1, Ordering::Relaxed))
}

impl Server {
    /// Who logs in with this answer.
    #[track_caller]
    pub fn logged_in(&self, family: Family, login: &Reply) -> Actor {
        let data = login.ok();
        let id = data["user_id"].as_i64().unwrap_or_else(|| panic!("no user_id\n{}", login.story()));
        Actor::new(&self.api, family, id, data["token"].as_str().expect("a token"))
    }

    /// The answer to a login of the back office.
    pub fn admin_login(&self, login_user: &str, password: &str) -> Reply {
        let form = Form::urlencoded().with("username", login_user).with("password", password);
        self.api.post::<&str, &str>("/zhugeleida/admin/login", &[], &form)
    }

    /// Somebody of the back office logs in.
    #[track_caller]
    pub fn administrator(&self, login_user: &str, password: &str) -> Actor {
        self.logged_in(Family::Admin, &self.admin_login(login_user, password))
    }

    /// The mini-program codes of new staff are made in the background.
    #[track_caller]
    pub fn wait_for_qr_codes(&self, company: i64) {
        let missing = format!("SELECT count(*) FROM staff WHERE company_id = {company} AND qr_code = ''");
        within(Duration::from_secs(10), "the QR codes of new staff", || (self.select(&missing) == 0).then_some(()));
    }

    /// The answer to a salesperson's login through Work WeChat.
    pub fn work_login(&self, company: i64, userid: &str) -> Reply {
        let code = format!("{userid}.{}", fresh());
        let path = format!("/zhugeleida/qiyeweixin/work_weixin_auth/{company}");
        self.api.get(&path, &[("code", code.as_str()), ("user_type", "1")])
    }

    /// A salesperson logs in through Work WeChat.
    #[track_caller]
    pub fn salesperson(&self, company: i64, userid: &str) -> Actor {
        self.logged_in(Family::Staff, &self.work_login(company, userid))
    }

    /// The answer to opening a company's mini-program with this code.
    pub fn mini_login(&self, company: i64, code: &str) -> Reply {
        let company = company.to_string();
        let query = [("code", code), ("user_type", "2"), ("source", "1"), ("company_id", company.as_str())];
        self.api.get("/zhugeleida/xiaochengxu/login", &query)
    }

    /// Somebody opens a company's mini-program; the same name is the same person.
    #[track_caller]
    pub fn visitor(&self, company: i64, name: &str) -> Actor {
        self.logged_in(Family::Customer, &self.mini_login(company, &format!("{name}.{}", fresh())))
    }

    /// A customer of this staff member: opened the mini-program, was bound, said who they are.
    #[track_caller]
    pub fn customer(&self, staff: &Actor, name: &str) -> Actor {
        let company = self.select(&format!("SELECT company_id FROM staff WHERE id = {}", staff.user_id));
        let customer = self.visitor(company.as_i64().expect("a company"), name);
        customer.bind(staff).ok();
        customer.authorise(name).ok();
        customer
    }
}

impl Actor {
    /// The same person at the server's present address.
    pub fn at(&self, server: &Server) -> Self {
        Self { api: server.api.clone(), ..self.clone() }
    }

    /// The id as a parameter carries it.
    pub fn id(&self) -> String {
        self.user_id.to_string()
    }

    /// A customer comes by the card of this staff member.
    pub fn bind(&self, staff: &Self) -> Reply {
        let query = [("uid", staff.id()), ("user_type", "2".into()), ("source", "1".into()), ("pid", String::new())];
        let query: Vec<_> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.get("/zhugeleida/xiaochengxu/login/binding", &query)
    }

    /// A customer lets the mini-program have the profile.
    pub fn authorise(&self, name: &str) -> Reply {
        let form = Form::new(Encoding::Multipart)
            .with("username", name)
            .with("headimgurl", "statics/imgs/setAvator.jpg")
            .with("city", "杭州")
            .with("country", "中国")
            .with("province", "浙江")
            .with("language", "zh_CN");
        self.post("/zhugeleida/xiaochengxu/login/send_user_info", &form)
    }

    /// A customer does something with a card: `calling`, `praise`, or nothing but looking.
    pub fn on_card(&self, deed: &str, staff: &Self) -> Reply {
        let slash = if deed.is_empty() { "" } else { "/" };
        self.get(&format!("/zhugeleida/xiaochengxu/mingpian{slash}{deed}"), &[("uid", &staff.id())])
    }

    /// A message to the other side of a conversation, over HTTP.
    pub fn say(&self, to: &Self, words: &str) -> Reply {
        if self.family == Family::Customer {
            let content = serde_json::json!({ "info_type": 1, "msg": words });
            let form = Form::json().with("u_id", to.user_id).with("content", content).with("send_type", 2);
            return self.post("/zhugeleida/xiaochengxu/chat/send_msg/0", &form);
        }
        let form = Form::urlencoded().with("customer_id", to.user_id).with("msg", words).with("send_type", 1);
        self.post("/zhugeleida/qiyeweixin/chat/send_msg/0", &form)
    }

    /// The conversation as this side reads it, newest first; read with that.
    #[track_caller]
    pub fn history(&self, other: &Self) -> Vec<Value> {
        let (path, name) = match self.family {
            Family::Customer => ("/zhugeleida/xiaochengxu/chat", "u_id"),
            _ => ("/zhugeleida/qiyeweixin/chat", "customer_id"),
        };
        let reply = self.get(path, &[(name, &other.id()), ("length", "100")]);
        reply.ok().as_array().unwrap_or_else(|| panic!("no list\n{}", reply.story())).clone()
    }

    /// How many messages of this staff member the customer has not read.
    #[track_caller]
    pub fn unread_from(&self, staff: &Self) -> i64 {
        let reply = self.get("/zhugeleida/xiaochengxu/chat/query_num/0", &[("u_id", &staff.id())]);
        reply.ok()["chatinfo_count"].as_i64().expect("a count")
    }
}
