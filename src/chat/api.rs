//! Endpoints of the chat. The paths under `/qiyeweixin/chat` are shared: the documents print them for both families.

mod office;
mod official_account;

use poem_openapi::{Object, OpenApi, param::Path, types::Any};
use serde::Serialize;
use serde_json::Value;

use super::{
    Content, Pair, Side,
    parties::{Named, of_customer, parties},
    rows::{ChatRow, ContactRow},
    store,
};
use crate::{
    app::App,
    error::{Error, Result},
    identity::{Customer, Staff, StaffOrCustomer},
    ids::ScriptId,
    time::Millis,
    web::{Answer, Body, Empty, Page, Paging, Params, Tag},
};

pub fn api(app: &App) -> impl OpenApi + use<> {
    (
        SharedChatApi(app.clone()),
        CustomerChatApi(app.clone()),
        official_account::OfficialAccountChatApi(app.clone()),
        office::OfficeChatApi(app.clone()),
    )
}

struct SharedChatApi(App);

struct CustomerChatApi(App);

#[derive(Debug, Object)]
struct ChatFilter {
    /// 客户 ID（雷达用户调用时必填）
    customer_id: Option<i64>,
    /// 雷达用户 ID（客户调用时；缺省为最近联系的雷达用户）
    u_id: Option<i64>,
    /// 同 u_id
    uid: Option<i64>,
    /// 页码，从 1 开始
    current_page: Option<i64>,
    /// 每页条数，默认 20
    length: Option<i64>,
}

impl ChatFilter {
    fn named(&self) -> Named {
        Named { customer: self.customer_id, staff: self.u_id.or(self.uid) }
    }

    fn paging(&self) -> Result<Paging> {
        Paging::new(self.current_page, self.length, 20)
    }
}

#[derive(Debug, Object)]
struct ContactFilter {
    /// 页码，从 1 开始
    current_page: Option<i64>,
    /// 每页条数，默认 20
    length: Option<i64>,
}

#[derive(Debug, Object)]
struct SendForm {
    /// 客户 ID（雷达用户发送时必填）
    customer_id: Option<i64>,
    /// 雷达用户 ID
    user_id: Option<i64>,
    /// 雷达用户 ID（客户发送时）
    u_id: Option<i64>,
    /// 同 u_id
    uid: Option<i64>,
    /// 序列化的内容 `{"info_type": 1, "msg": "…"}`。info_type：1 文字（msg），2 产品咨询（product_cover_url、product_name、
    /// product_price），3 电话号码（msg），4 图片（url），5 视频（url）
    content: Option<Any<Value>>,
    /// 纯文字，代替 content
    #[oai(validator(max_length = 5000))]
    msg: Option<String>,
    /// 所用话术的 ID（雷达用户发送话术时），计入其发送次数
    speech_id: Option<i64>,
    /// 1 用户发送给客户, 2 客户发送给用户；由签名者决定，传入的值不起作用
    send_type: Option<i64>,
}

#[derive(Debug, Object)]
struct PhoneForm {
    /// 所属雷达用户 ID
    u_id: Option<i64>,
    /// 同 u_id
    uid: Option<i64>,
    /// 加密的用户信息
    #[oai(rename = "encryptedData")]
    encrypted_data: String,
    /// 加密算法的初始向量
    iv: String,
}

#[derive(Debug, Object)]
struct UnreadFilter {
    /// 雷达用户 ID
    u_id: Option<i64>,
    /// 同 u_id
    uid: Option<i64>,
}

impl UnreadFilter {
    fn named(&self) -> Named {
        Named { customer: None, staff: self.u_id.or(self.uid) }
    }
}

/// 未读消息数
#[derive(Debug, Object, Serialize)]
struct UnreadCount {
    chatinfo_count: i64,
}

const LISTED: &str = "分页获取聊天消息成功";

#[OpenApi(tag = "Tag::StaffChat")]
impl SharedChatApi {
    /// 分页获取 - 所有的聊天信息记录
    ///
    /// 最新的在前；读到的会话随即标记为已读。
    #[oai(path = "/zhugeleida/qiyeweixin/chat", method = "get", operation_id = "qiyeweixin.chat.list")]
    async fn list_messages(&self, caller: StaffOrCustomer, filter: Params<ChatFilter>) -> Result<Answer<Vec<ChatRow>>> {
        let (pair, side) = parties(&self.0, caller, filter.0.named()).await?;
        page(&self.0, pair, side, filter.0.paging()?).await
    }

    /// 实时聊天 - 发送消息接口
    ///
    /// `content` 或 `msg` 必填其一；发送者由签名决定。
    #[oai(
        path = "/zhugeleida/qiyeweixin/chat/send_msg/:o_id",
        method = "post",
        operation_id = "qiyeweixin.chat.send_msg"
    )]
    async fn send_message(
        &self,
        caller: StaffOrCustomer,
        o_id: Path<i64>,
        form: Body<SendForm>,
    ) -> Result<Answer<Empty>> {
        let _ = o_id;
        if let (StaffOrCustomer::Staff(staff), Some(named)) = (caller, form.0.user_id)
            && named != staff.id.0
        {
            return Err(Error::field("user_id", "与签名者不符"));
        }
        send(&self.0, caller, &form.0).await
    }

    /// 实时聊天 - 获取最新的聊天信息
    ///
    /// 只返回未读消息，最新的在前；随即标记为已读。
    #[oai(path = "/zhugeleida/qiyeweixin/chat/getmsg/:o_id", method = "get", operation_id = "qiyeweixin.chat.getmsg")]
    async fn list_unread(
        &self,
        caller: StaffOrCustomer,
        o_id: Path<i64>,
        filter: Params<ChatFilter>,
    ) -> Result<Answer<Vec<ChatRow>>> {
        let _ = o_id;
        let (pair, side) = parties(&self.0, caller, filter.0.named()).await?;
        unread(&self.0, pair, side).await
    }

    /// 分页获取 - 消息联系人
    ///
    /// 最近有消息的在前。
    #[oai(path = "/zhugeleida/qiyeweixin/contact", method = "get", operation_id = "qiyeweixin.contact.list")]
    async fn list_contacts(&self, staff: Staff, filter: Params<ContactFilter>) -> Result<Answer<Page<ContactRow>>> {
        let paging = Paging::new(filter.0.current_page, filter.0.length, 20)?;
        let page = contacts(&self.0, staff, paging).await?;
        Ok(Answer::new("", page))
    }
}

#[OpenApi(tag = "Tag::CustomerChat")]
impl CustomerChatApi {
    /// 小程序 - 分页获取-所有的聊天信息记录
    ///
    /// 最新的在前；读到的会话随即标记为已读。
    #[oai(path = "/zhugeleida/xiaochengxu/chat", method = "get", operation_id = "xiaochengxu.chat.list")]
    async fn list_messages(&self, customer: Customer, filter: Params<ChatFilter>) -> Result<Answer<Vec<ChatRow>>> {
        let pair = of_customer(&self.0, customer, filter.0.named()).await?;
        page(&self.0, pair, Side::Customer, filter.0.paging()?).await
    }

    /// 小程序 - 实时聊天-发送消息接口
    ///
    /// 雷达用户为 `u_id`，缺省为 `user_id`，再缺省为最近联系的雷达用户。
    #[oai(
        path = "/zhugeleida/xiaochengxu/chat/send_msg/:o_id",
        method = "post",
        operation_id = "xiaochengxu.chat.send_msg"
    )]
    async fn send_message(&self, customer: Customer, o_id: Path<i64>, form: Body<SendForm>) -> Result<Answer<Empty>> {
        let _ = o_id;
        send(&self.0, StaffOrCustomer::Customer(customer), &form.0).await
    }

    /// 小程序 - 实时聊天-获取最新的聊天信息
    ///
    /// 只返回未读消息，最新的在前；随即标记为已读。
    #[oai(path = "/zhugeleida/xiaochengxu/chat/getmsg/:o_id", method = "get", operation_id = "xiaochengxu.chat.getmsg")]
    async fn list_unread(
        &self,
        customer: Customer,
        o_id: Path<i64>,
        filter: Params<ChatFilter>,
    ) -> Result<Answer<Vec<ChatRow>>> {
        let _ = o_id;
        let pair = of_customer(&self.0, customer, filter.0.named()).await?;
        unread(&self.0, pair, Side::Customer).await
    }

    /// 小程序 - 聊天信息 - 获取手机号
    ///
    /// 用最近一次登录的 session_key 解密，手机号存入客户资料并作为消息发给雷达用户；解密失败返回 250，此时请重新登录再试。
    #[oai(
        path = "/zhugeleida/xiaochengxu/chat/encrypted_phone_number/:o_id",
        method = "post",
        operation_id = "xiaochengxu.chat.encrypted_phone_number"
    )]
    async fn receive_phone(&self, customer: Customer, o_id: Path<i64>, form: Body<PhoneForm>) -> Result<Answer<Empty>> {
        let _ = o_id;
        let form = form.0;
        let pair = of_customer(&self.0, customer, Named { customer: None, staff: form.u_id.or(form.uid) }).await?;
        super::receive_phone(&self.0, pair, &form.encrypted_data, &form.iv).await?;
        Ok(Answer::done("查询成功"))
    }

    /// 小程序 - 聊天 - 获取聊天数量
    ///
    /// 来自该雷达用户的未读消息数。
    #[oai(
        path = "/zhugeleida/xiaochengxu/chat/query_num/:o_id",
        method = "get",
        operation_id = "xiaochengxu.chat.query_num"
    )]
    async fn count_unread(
        &self,
        customer: Customer,
        o_id: Path<i64>,
        filter: Params<UnreadFilter>,
    ) -> Result<Answer<UnreadCount>> {
        let _ = o_id;
        count_unread(&self.0, customer, filter.0.named()).await
    }
}

async fn count_unread(app: &App, customer: Customer, named: Named) -> Result<Answer<UnreadCount>> {
    let pair = of_customer(app, customer, named).await?;
    let chatinfo_count = app.db.read(move |conn| store::unread_in(conn, pair, Side::Customer)).await?;
    Ok(Answer::new("查询成功", UnreadCount { chatinfo_count }))
}

async fn page(app: &App, pair: Pair, reader: Side, paging: Paging) -> Result<Answer<Vec<ChatRow>>> {
    let messages = super::page(app, pair, reader, paging).await?;
    Ok(Answer::new(LISTED, messages.iter().map(|message| ChatRow::new(message, &app.zone)).collect()))
}

async fn unread(app: &App, pair: Pair, reader: Side) -> Result<Answer<Vec<ChatRow>>> {
    let messages = super::fresh(app, pair, reader).await?;
    let msg =
        if messages.is_empty() { "没有得到实时聊天信息" } else { "实时获取-最新聊天记录成功" };
    Ok(Answer::new(msg, messages.iter().map(|message| ChatRow::new(message, &app.zone)).collect()))
}

async fn send(app: &App, caller: StaffOrCustomer, form: &SendForm) -> Result<Answer<Empty>> {
    let staff = match caller {
        StaffOrCustomer::Staff(_) => None,
        StaffOrCustomer::Customer(_) => form.u_id.or(form.uid).or(form.user_id),
    };
    let (pair, side) = parties(app, caller, Named { customer: form.customer_id, staff }).await?;
    let content = Content::from_wire(form.content.as_ref().map(|any| &any.0), form.msg.as_deref(), side)?;
    match form.speech_id {
        Some(script) if side == Side::Staff => super::say_script(app, pair, content, ScriptId(script)).await?,
        _ => super::say(app, pair, side, content).await?,
    };
    Ok(Answer::done("send msg successful"))
}

/// A page of a staff member's contacts.
pub async fn contacts(app: &App, staff: Staff, paging: Paging) -> Result<Page<ContactRow>> {
    let (contacts, count) = app.db.read(move |conn| store::contacts(conn, staff.company, staff.id, paging)).await?;
    let now = Millis::now();
    Ok(Page::new(contacts.iter().map(|contact| ContactRow::new(contact, &app.zone, now)).collect(), count))
}
