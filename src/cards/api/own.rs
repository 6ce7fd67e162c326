//! Work WeChat: a salesperson's own card. Document 003, and beyond the documents the card itself.

use poem_openapi::{Object, OpenApi, types::MaybeUndefined};
use serde::Serialize;

use super::{CardLabel, CardPhoto};
use crate::{
    app::App,
    cards::own::{self, CardChange, OwnCard},
    error::{Error, FieldErrors, Result},
    identity::{self, Staff},
    ids::LabelId,
    time::Zone,
    web::{Answer, Body, Empty, Page, Tag},
};

pub struct OwnCardApi(pub App);

/// 自己的名片
#[derive(Debug, Object, Serialize)]
struct OwnCardRow {
    /// 自己的用户 ID
    id: i64,
    /// 名片上的姓名
    username: String,
    /// 账户的用户名
    account_name: String,
    /// 用户头像
    avatar: String,
    /// 名片的头像
    mingpian_avatar: String,
    /// 公司名称
    company: String,
    /// 名片上显示的地址：自己的办公地址，没有时为公司地址
    address: String,
    /// 自己的办公地址；没有为空
    own_address: String,
    country: String,
    /// 地区
    area: String,
    /// 职位
    position: String,
    email: String,
    /// 微信号
    wechat: String,
    /// 手机号，隐藏时自己也能看到
    mingpian_phone: String,
    /// 是否在名片上显示手机号
    is_show_phone: bool,
    /// 个性签名
    sign: String,
    /// 小程序二维码；尚未生成为空
    qr_code: String,
    /// 查看次数
    popularity_num: i64,
    /// 靠谱数量
    praise_num: i64,
    /// 转发次数
    forward_num: i64,
    /// 签名点赞数
    sign_num: i64,
    /// 照片
    photo: Vec<CardPhoto>,
    /// 名片标签
    tag: Vec<CardLabel>,
    create_date: String,
}

/// 自己的名片
#[derive(Debug, Object, Serialize)]
struct OwnCardAnswer {
    ret_data: OwnCardRow,
}

/// 不传的字段不变，传空则清除
#[derive(Debug, Object)]
struct CardForm {
    /// 名片上的姓名；为空时显示账户的用户名
    #[oai(validator(max_length = 64))]
    username: MaybeUndefined<String>,
    /// 名片的头像：先上传，此处填所得的地址
    #[oai(validator(max_length = 300))]
    mingpian_avatar: Option<String>,
    /// 名片上的手机号，必填
    #[oai(validator(pattern = r"^1[0-9]{10}$"))]
    mingpian_phone: Option<String>,
    /// 同 mingpian_phone
    #[oai(validator(pattern = r"^1[0-9]{10}$"))]
    phone: Option<String>,
    /// 是否在名片上显示手机号
    is_show_phone: Option<bool>,
    /// 微信号
    #[oai(validator(max_length = 64))]
    wechat: MaybeUndefined<String>,
    #[oai(validator(max_length = 100))]
    email: MaybeUndefined<String>,
    /// 职位
    #[oai(validator(max_length = 64))]
    position: MaybeUndefined<String>,
    /// 个性签名
    #[oai(validator(max_length = 200))]
    sign: MaybeUndefined<String>,
    /// 国家，必填
    #[oai(validator(max_length = 50))]
    country: Option<String>,
    /// 地区
    #[oai(validator(max_length = 100))]
    area: MaybeUndefined<String>,
    /// 自己的办公地址，只用于自己的名片，不会修改公司的地址；清除后显示公司的地址
    #[oai(validator(max_length = 200))]
    address: MaybeUndefined<String>,
}

/// 名片标签
#[derive(Debug, Object, Serialize)]
struct LabelPage {
    /// 自己的用户 ID
    user_id: String,
    ret_data: Vec<CardLabel>,
    data_count: i64,
}

#[derive(Debug, Object)]
struct LabelForm {
    /// 标签名
    #[oai(validator(max_length = 20))]
    name: String,
}

#[derive(Debug, Object)]
struct LabelList {
    /// 保留的标签 ID，如 [1,2]；传 [] 时全部删除
    #[oai(validator(max_items = 100))]
    tag_list: Vec<i64>,
}

#[derive(Debug, Object)]
struct LabelChoice {
    /// 标签 ID
    id: i64,
}

#[derive(Debug, Object)]
struct CardPhoneForm {
    /// 名片上的手机号，必填
    #[oai(validator(pattern = r"^1[0-9]{10}$"))]
    mingpian_phone: Option<String>,
    /// 同 mingpian_phone
    #[oai(validator(pattern = r"^1[0-9]{10}$"))]
    phone: Option<String>,
    /// 是否在名片上显示手机号；不传表示不变
    is_show_phone: Option<bool>,
    /// 不起作用
    id: Option<i64>,
}

/// 生成的小程序二维码
#[derive(Debug, Object, Serialize)]
struct OwnCode {
    qr_code: String,
}

#[OpenApi(tag = "Tag::StaffCard")]
impl OwnCardApi {
    /// 名片 - 查看自己的名片
    #[oai(path = "/zhugeleida/qiyeweixin/mingpian", method = "get", operation_id = "qiyeweixin.mingpian.show")]
    async fn show_own_card(&self, staff: Staff) -> Result<Answer<OwnCardAnswer>> {
        let card = own::card(&self.0, staff).await?;
        let ret_data = OwnCardRow::of(staff, card, &self.0.zone);
        Ok(Answer::new("查询成功", OwnCardAnswer { ret_data }))
    }

    /// 名片 - 保存自己的名片
    ///
    /// 手机号与国家必填，其余不传时不变。公司名称与公司地址只能在后台修改。
    #[oai(
        path = "/zhugeleida/qiyeweixin/mingpian/save_info",
        method = "post",
        operation_id = "qiyeweixin.mingpian.save_info"
    )]
    async fn save_own_card(&self, staff: Staff, form: Body<CardForm>) -> Result<Answer<Empty>> {
        own::save(&self.0, staff, form.0.read()?).await?;
        Ok(Answer::done("保存成功"))
    }

    /// 小程序 - 生成小程序的二维码（放在小程序名片）
    ///
    /// 客户扫码后打开自己的名片。小程序尚未配置时返回 400。
    #[oai(
        path = "/zhugeleida/qiyeweixin/qr_code_auth",
        method = "get",
        operation_id = "qiyeweixin.qr_code_auth.create"
    )]
    async fn make_own_code(&self, staff: Staff) -> Result<Answer<OwnCode>> {
        let qr_code = identity::make_qr_code(&self.0, staff.company, staff.id, None).await?;
        Ok(Answer::new("生成小程序二维码成功", OwnCode { qr_code }))
    }

    /// 小程序 - 查询名片里的用户标签
    ///
    /// 自己名片上的标签，先加的在前，不分页（最多 50 个）。
    #[oai(path = "/zhugeleida/qiyeweixin/tag_user", method = "get", operation_id = "qiyeweixin.tag_user.list")]
    async fn list_labels(&self, staff: Staff) -> Result<Answer<LabelPage>> {
        let Page { ret_data, data_count } =
            Page::whole(own::labels(&self.0, staff).await?.into_iter().map(CardLabel::from).collect());
        Ok(Answer::new("", LabelPage { user_id: staff.id.to_string(), ret_data, data_count }))
    }

    /// 小程序 - 名片里-新增用户标签
    ///
    /// 自己的名片上已有此标签时返回 303。
    #[oai(path = "/zhugeleida/qiyeweixin/tag_user/add", method = "post", operation_id = "qiyeweixin.tag_user.add")]
    async fn add_label(&self, staff: Staff, form: Body<LabelForm>) -> Result<Answer<Vec<CardLabel>>> {
        let label = own::add_label(&self.0, staff, form.0.name.trim().to_owned()).await?;
        Ok(Answer::new("添加成功", vec![label.into()]))
    }

    /// 小程序 - 名片里-保存所有的用户标签
    ///
    /// 只保留 tag_list 中的标签，其余删除。
    #[oai(path = "/zhugeleida/qiyeweixin/tag_user/save", method = "post", operation_id = "qiyeweixin.tag_user.save")]
    async fn keep_labels(&self, staff: Staff, form: Body<LabelList>) -> Result<Answer<Vec<CardLabel>>> {
        own::keep_labels(&self.0, staff, form.0.tag_list).await?;
        Ok(Answer::new("添加成功", Vec::new()))
    }

    /// 小程序 - 名片里-删除用户标签
    #[oai(
        path = "/zhugeleida/qiyeweixin/tag_user/delete",
        method = "post",
        operation_id = "qiyeweixin.tag_user.delete"
    )]
    async fn delete_label(&self, staff: Staff, form: Body<LabelChoice>) -> Result<Answer<Empty>> {
        own::delete_label(&self.0, staff, LabelId(form.0.id)).await?;
        Ok(Answer::done("删除成功"))
    }

    /// 小程序 - 名片里-修改并保存手机号
    ///
    /// 11 位手机号；is_show_phone 为 false 时客户看不到。
    #[oai(
        path = "/zhugeleida/qiyeweixin/tag_user/save_phone",
        method = "post",
        operation_id = "qiyeweixin.tag_user.save_phone"
    )]
    async fn save_card_phone(&self, staff: Staff, form: Body<CardPhoneForm>) -> Result<Answer<Empty>> {
        let form = form.0;
        let phone =
            form.mingpian_phone.or(form.phone).ok_or_else(|| Error::field("mingpian_phone", "此字段不能为空"))?;
        let change = CardChange { phone: Some(phone), is_phone_shown: form.is_show_phone, ..CardChange::default() };
        own::save(&self.0, staff, change).await?;
        Ok(Answer::done("修改成功"))
    }
}

impl CardForm {
    fn read(self) -> Result<CardChange> {
        let text = |field: MaybeUndefined<String>| match field {
            MaybeUndefined::Undefined => None,
            MaybeUndefined::Null => Some(String::new()),
            MaybeUndefined::Value(text) => Some(text.trim().to_owned()),
        };
        let phone = self.mingpian_phone.or(self.phone);
        let mut errors = FieldErrors::new();
        if phone.is_none() {
            errors.add("mingpian_phone", "此字段不能为空");
        }
        if self.country.is_none() {
            errors.add("country", "此字段不能为空");
        }
        let email = text(self.email);
        if email.as_deref().is_some_and(|email| !email.is_empty() && !looks_like_email(email)) {
            errors.add("email", "邮箱格式不正确");
        }
        errors.into_result()?;
        Ok(CardChange {
            name: text(self.username),
            card_avatar: self.mingpian_avatar,
            phone,
            is_phone_shown: self.is_show_phone,
            wechat: text(self.wechat),
            email,
            position: text(self.position),
            signature: text(self.sign),
            country: self.country.map(|country| country.trim().to_owned()),
            area: text(self.area),
            address: text(self.address),
        })
    }
}

fn looks_like_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(name, domain)| {
        !name.is_empty() && domain.contains('.') && !domain.contains('@') && !text.contains(char::is_whitespace)
    })
}

impl OwnCardRow {
    fn of(staff: Staff, card: OwnCard, zone: &Zone) -> Self {
        Self {
            id: staff.id.0,
            username: card.name,
            account_name: card.username,
            avatar: card.avatar,
            mingpian_avatar: card.card_avatar,
            company: card.company,
            address: card.address,
            own_address: card.own_address,
            country: card.country,
            area: card.area,
            position: card.position,
            email: card.email,
            wechat: card.wechat,
            mingpian_phone: card.phone,
            is_show_phone: card.is_phone_shown,
            sign: card.signature,
            qr_code: card.qr_code,
            popularity_num: card.views,
            praise_num: card.praises,
            forward_num: card.forwards,
            sign_num: card.signature_praises,
            photo: card.photos.into_iter().map(CardPhoto::from).collect(),
            tag: card.labels.into_iter().map(CardLabel::from).collect(),
            create_date: zone.iso(card.created_at),
        }
    }
}
