//! Who and what there is: departments, salespeople, people waiting, products, tags, customers.

use serde_json::{Value, json};

use super::store::{self, Product, Staff};
use crate::{
    customers,
    db::Write,
    error::Result,
    ids::{CompanyId, DepartmentId, StaffId, TagId},
    time::Millis,
    web::signature::new_token,
    weixin::sandbox::accounts::{FIRST_CORP, FIRST_MINI, FIRST_OFFICIAL},
};

const PICTURES: &str = "statics/zhugeleida/imgs/demo";

/// A customer of the story.
pub struct Person {
    /// Empty: never authorised.
    pub nickname: &'static str,
    /// 1 male, 2 female.
    pub sex: i64,
    pub city: &'static str,
    pub province: &'static str,
}

const fn person(nickname: &'static str, sex: i64, city: &'static str, province: &'static str) -> Person {
    Person { nickname, sex, city, province }
}

/// In the order in which they come.
pub const CUSTOMERS: [Person; 40] = [
    person("王小雨", 2, "杭州", "浙江"),
    person("陈晨☀️", 1, "上海", "上海"),
    person("李浩然", 1, "南京", "江苏"),
    person("刘思远", 1, "苏州", "江苏"),
    person("赵一鸣", 1, "上海", "上海"),
    person("孙婷婷", 2, "宁波", "浙江"),
    person("周雨桐🌸", 2, "上海", "上海"),
    person("吴帆", 1, "合肥", "安徽"),
    person("郑凯文", 1, "无锡", "江苏"),
    person("冯静怡", 2, "上海", "上海"),
    person("蒋文博", 1, "武汉", "湖北"),
    person("沈佳宜", 2, "杭州", "浙江"),
    person("", 1, "", ""),
    person("韩磊", 1, "济南", "山东"),
    person("杨柳依依", 2, "扬州", "江苏"),
    person("朱明轩", 1, "上海", "上海"),
    person("秦岭", 1, "西安", "陕西"),
    person("许诺", 2, "成都", "四川"),
    person("何欢😊", 2, "长沙", "湖南"),
    person("吕梁", 1, "太原", "山西"),
    person("施雅", 2, "上海", "上海"),
    person("张晓峰", 1, "北京", "北京"),
    person("孔令杰", 1, "青岛", "山东"),
    person("曹一凡", 1, "厦门", "福建"),
    person("严谨", 1, "广州", "广东"),
    person("华宇", 1, "深圳", "广东"),
    person("金鑫💼", 1, "上海", "上海"),
    person("", 2, "", ""),
    person("魏然", 1, "郑州", "河南"),
    person("陶然", 2, "常州", "江苏"),
    person("姜山", 1, "大连", "辽宁"),
    person("戚薇薇", 2, "嘉兴", "浙江"),
    person("谢安琪", 2, "上海", "上海"),
    person("邹游", 1, "昆明", "云南"),
    person("喻言", 2, "南昌", "江西"),
    person("柏林", 1, "上海", "上海"),
    person("水清", 2, "重庆", "重庆"),
    person("窦志远", 1, "天津", "天津"),
    person("云卷云舒☁️", 2, "福州", "福建"),
    person("", 1, "", ""),
];

/// The customer's id at WeChat: the code `kehu1.…` logs the first customer in to the mini-program, or to the official
/// account.
pub fn openid(customer: usize, user_type: i64) -> String {
    let number = customer + 1;
    let app = if user_type == 2 { &FIRST_MINI } else { &FIRST_OFFICIAL };
    app.openid(&format!("kehu{number}"))
}

/// The tags that everybody in the company uses, by group, and each salesperson's own.
pub struct Tags {
    pub levels: Vec<TagId>,
    pub concerns: Vec<TagId>,
    pub sizes: Vec<TagId>,
    pub own: Vec<TagId>,
}

/// Departments and the five salespeople of the sandbox's company, and two people who wait for approval.
pub fn hire(w: &Write<'_>, at: Millis) -> Result<Vec<StaffId>> {
    let company = CompanyId::FIRST;
    let mut departments = Vec::new();
    for department in FIRST_CORP.departments.iter().filter(|department| department.parent_id == 1) {
        let id = store::insert_department(w, company, department.name, department.id, at)?;
        departments.push((department.id, id));
    }
    let place = |work: &[i64]| -> Vec<DepartmentId> {
        // The groups inside 销售部 are no departments here.
        departments
            .iter()
            .filter(|(id, _)| work.contains(id) || (*id == 2 && work.contains(&5)))
            .map(|(_, d)| *d)
            .collect()
    };
    let mut staff = Vec::new();
    for (number, (member, (wechat, signature))) in FIRST_CORP.members.iter().zip(CARDS).enumerate() {
        let token = new_token()?;
        let card = Staff {
            userid: member.userid,
            username: member.name,
            position: member.position,
            gender: member.gender,
            phone: member.mobile,
            wechat,
            email: member.email,
            signature,
            avatar: &format!("{PICTURES}/card-{}.jpg", number + 1),
            token: &token,
        };
        let id = store::insert_staff(w, company, &card, at)?;
        store::insert_photo(w, id, 2, card.avatar, at)?;
        store::insert_photo(w, id, 1, &format!("{PICTURES}/product-{}.jpg", number % 4 + 1), at)?;
        for department in place(member.department) {
            store::join_department(w, id, department)?;
        }
        staff.push(id);
    }
    for (name, position, phone) in [("林晓东", "销售顾问", "13800138021"), ("高悦", "客户经理", "13800138022")]
    {
        let departments: Vec<i64> = departments.iter().take(1).map(|(_, id)| id.0).collect();
        store::insert_waiting(w, company, name, position, phone, &json!(departments).to_string(), at)?;
    }
    Ok(staff)
}

/// WeChat number and signature of each salesperson.
const CARDS: [(&str, &str); 5] = [
    ("lina_yunshan", "认真听，慢慢聊，把事情办好。"),
    ("zhangwei_crm", "专注企业数字化八年。"),
    ("wangfang_mkt", "每周二有线上公开课，欢迎来听。"),
    ("liuyang_east", "华东区的朋友，有需要随时找我。"),
    ("chenjie_cs", "您的问题，当天回复。"),
];

/// Eight products, three of them salespeople's own, and the mall.
pub fn fill_shelves(w: &Write<'_>, staff: &[StaffId], at: Millis) -> Result<()> {
    let company = CompanyId::FIRST;
    for (number, (owner, name, price, reason, status, rank)) in PRODUCTS.iter().enumerate() {
        let content = page_of(name, reason, number % 4 + 1).to_string();
        let product = Product {
            owner: owner.and_then(|place| staff.get(place).copied()),
            name,
            price,
            reason,
            content: &content,
            status: *status,
            rank: *rank,
        };
        let minutes = i64::try_from(number).unwrap_or_default();
        store::insert_product(w, company, &product, at.plus(minutes * crate::time::MINUTE))?;
    }
    store::insert_mall(w, company, "云杉商城", at)
}

/// Owner (place among the staff), name, price, reason, status, recommend index.
type Shelf = (Option<usize>, &'static str, &'static str, &'static str, i64, i64);

pub const PRODUCTS: [Shelf; 8] = [
    (None, "云杉 CRM 标准版", "3980元/年", "十人以内团队的客户管理，开箱即用", 3, 10),
    (None, "云杉 CRM 企业版", "19800-49800元/年", "多部门协作、权限与报表，支持私有部署", 1, 8),
    (None, "企业微信接入服务", "6800元", "两周完成接入与员工培训", 1, 6),
    (None, "数据看板定制", "12000元起", "把每天要看的数字放在一页上", 1, 4),
    (None, "云杉 CRM 体验版", "0元", "免费试用 30 天", 2, 0),
    (Some(0), "销售流程梳理咨询", "2800元/天", "李娜带队，现场梳理一天见成效", 1, 5),
    (Some(1), "新员工上手训练营", "980元/人", "三次线上课加作业点评", 1, 2),
    (Some(4), "客户服务陪跑计划", "1500元/月", "每周一次回访复盘", 1, 0),
];

fn page_of(name: &str, reason: &str, picture: usize) -> Value {
    let pictures = json!([format!("{PICTURES}/product-{picture}.jpg")]);
    json!({
        "cover_data": [{ "type": "picture_url", "data": pictures }],
        "article_data": [
            { "type": "title", "data": [name] },
            { "type": "content", "data": [format!("{reason}。签约后由专人对接，七个工作日内开通。")] },
            { "type": "picture_url", "data": pictures },
            { "type": "content", "data": ["欢迎在聊天里告诉我们您的团队人数与目前的做法，我们给出具体建议。"] },
        ],
    })
}

/// The tags that every company begins with, and one of each salesperson's own.
pub fn label(w: &Write<'_>, staff: &[StaffId], at: Millis) -> Result<Tags> {
    let mut own = Vec::new();
    for (id, name) in staff.iter().zip(["老同学介绍", "展会认识", "公开课学员", "华东老客户", "续费提醒"])
    {
        own.push(customers::tags::make(w, CompanyId::FIRST, *id, name, at)?);
    }
    let of = |group: &str| store::tags_of(w, group);
    Ok(Tags { levels: of("级别")?, concerns: of("关注点")?, sizes: of("客户规模")?, own })
}
