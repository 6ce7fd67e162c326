//! Conversations in the back office: to be read and searched. Ours.

use poem_openapi::{Object, OpenApi};
use serde::Serialize;
use serde_json::Value;

use crate::{
    app::App,
    chat::office::{self, Conversation, Filter, Hit, Place, Said, Wanted},
    error::{Error, Result},
    identity::{Admin, Right},
    ids::{CustomerId, MessageId, StaffId},
    time::Zone,
    web::{Answer, Page, Paging, Params, Tag},
};

pub struct OfficeChatApi(pub App);

#[derive(Debug, Object)]
struct ConversationFilter {
    /// 雷达用户 ID
    uid: Option<i64>,
    /// 客户名称或备注名中的一部分
    #[oai(validator(max_length = 100))]
    search: Option<String>,
    /// 页码，从 1 开始
    current_page: Option<i64>,
    /// 每页条数，缺省 20
    length: Option<i64>,
}

/// 一个会话
#[derive(Debug, Object, Serialize)]
struct ConversationRow {
    /// 雷达用户 ID
    uid: i64,
    staff_name: String,
    customer_id: i64,
    /// 备注名，没有则为客户名称
    customer_name: String,
    /// 客户头像
    headimgurl: String,
    /// 最新一条消息的文字；图片、语音与视频为空
    msg: String,
    /// 最新一条消息的时间
    last_date: String,
    /// 雷达用户还没有读的条数
    unread_by_staff: i64,
    /// 雷达用户发的条数
    staff_message_num: i64,
    /// 客户发的条数
    customer_message_num: i64,
}

impl ConversationRow {
    fn new(row: Conversation, zone: &Zone) -> Self {
        Self {
            uid: row.staff.0,
            staff_name: row.staff_name,
            customer_id: row.customer.0,
            customer_name: row.customer_name,
            headimgurl: row.customer_avatar,
            msg: row.last.preview(),
            last_date: zone.plain(row.last_at),
            unread_by_staff: row.unread_by_staff,
            staff_message_num: row.staff_messages,
            customer_message_num: row.customer_messages,
        }
    }
}

#[derive(Debug, Object)]
struct MessagesQuery {
    /// 雷达用户 ID
    uid: i64,
    /// 客户 ID
    customer_id: i64,
    /// 只要这条消息之前的
    before: Option<i64>,
    /// 这条消息及其前后的
    around: Option<i64>,
    /// 条数，1 到 100，缺省 30
    length: Option<i64>,
}

/// 会话中的一条消息
#[derive(Debug, Object, Serialize)]
struct OfficeMessage {
    id: i64,
    /// 1 用户发送给客户, 2 客户发送给用户, 3 给用户的系统提示
    send_type: i64,
    /// 1 文字, 2 产品咨询, 3 电话号码, 4 图片, 5 视频或语音, 6 商城
    info_type: i64,
    /// 消息的内容：msg、url、product_name 等
    content: Value,
    /// 客户是否已读：0 未读, 1 已读
    is_customer_already_read: i64,
    create_date: String,
}

impl OfficeMessage {
    fn new(row: Said, zone: &Zone) -> Self {
        Self {
            id: row.id.0,
            send_type: row.send_type,
            info_type: row.content.info_type,
            content: Value::Object(row.content.members),
            is_customer_already_read: i64::from(row.is_read_by_customer),
            create_date: zone.plain(row.at),
        }
    }
}

/// 会话的一段
#[derive(Debug, Object, Serialize)]
struct OfficeMessages {
    /// 由早到晚
    ret_data: Vec<OfficeMessage>,
    /// 更早的一段的 before；没有更早的为 0
    next_before: i64,
}

#[derive(Debug, Object)]
struct MessageSearch {
    /// 消息文字或产品名称中的一部分
    #[oai(validator(max_length = 100))]
    keyword: String,
    /// 雷达用户 ID
    uid: Option<i64>,
    /// 上一次返回的 next_before
    before: Option<i64>,
    /// 条数，1 到 100，缺省 20
    length: Option<i64>,
}

/// 找到的一条消息
#[derive(Debug, Object, Serialize)]
struct MessageHit {
    id: i64,
    /// 雷达用户 ID
    uid: i64,
    staff_name: String,
    customer_id: i64,
    customer_name: String,
    /// 客户头像
    headimgurl: String,
    /// 1 用户发送给客户, 2 客户发送给用户
    send_type: i64,
    text: String,
    create_date: String,
}

impl MessageHit {
    fn new(row: Hit, zone: &Zone) -> Self {
        Self {
            id: row.id.0,
            uid: row.staff.0,
            staff_name: row.staff_name,
            customer_id: row.customer.0,
            customer_name: row.customer_name,
            headimgurl: row.customer_avatar,
            send_type: row.send_type,
            text: row.text,
            create_date: zone.plain(row.at),
        }
    }
}

/// 找到的消息
#[derive(Debug, Object, Serialize)]
struct MessageHits {
    /// 由晚到早
    ret_data: Vec<MessageHit>,
    /// 继续找更早的消息时的 before；已经找完为 0
    next_before: i64,
}

#[OpenApi(tag = "Tag::AdminChat")]
impl OfficeChatApi {
    /// 后台管理 - 聊天记录 - 会话
    ///
    /// 全公司说过话的会话，最新的在前，缺省每页 20 个。
    #[oai(path = "/zhugeleida/admin/chat", method = "get", operation_id = "admin.chat.list")]
    async fn conversations(
        &self,
        admin: Admin,
        query: Params<ConversationFilter>,
    ) -> Result<Answer<Page<ConversationRow>>> {
        admin.require(Right::ChatRead)?;
        let asked = query.0;
        let paging = Paging::new(asked.current_page, asked.length, 20)?;
        let search = asked.search.as_deref().map(str::trim).filter(|search| !search.is_empty());
        let filter = Filter { staff: asked.uid.map(StaffId), search: search.map(ToOwned::to_owned) };
        let (found, count) = office::conversations(&self.0, &admin, filter, paging).await?;
        let rows = found.into_iter().map(|row| ConversationRow::new(row, &self.0.zone)).collect();
        Ok(Answer::new("查询成功", Page::new(rows, count)))
    }

    /// 后台管理 - 聊天记录 - 消息
    ///
    /// 一个会话中的消息，由早到晚，缺省最新的 30 条；只是查看，不会标为已读。不是本公司的会话返回 307。
    #[oai(path = "/zhugeleida/admin/chat/messages", method = "get", operation_id = "admin.chat.messages")]
    async fn messages(&self, admin: Admin, query: Params<MessagesQuery>) -> Result<Answer<OfficeMessages>> {
        admin.require(Right::ChatRead)?;
        let asked = query.0;
        let place = match (asked.around, asked.before) {
            (Some(_), Some(_)) => return Err(Error::field("around", "不能与 before 同时使用")),
            (Some(id), None) => Place::Around(MessageId(id)),
            (None, Some(id)) => Place::Before(MessageId(id)),
            (None, None) => Place::Newest,
        };
        let pair = (StaffId(asked.uid), CustomerId(asked.customer_id));
        let part = office::part(&self.0, &admin, pair, place, Paging::new(None, asked.length, 30)?.limit()).await?;
        let ret_data = part.messages.into_iter().map(|row| OfficeMessage::new(row, &self.0.zone)).collect();
        let next_before = part.before.map(|id| id.0).unwrap_or_default();
        Ok(Answer::new("查询成功", OfficeMessages { ret_data, next_before }))
    }

    /// 后台管理 - 聊天记录 - 搜索
    ///
    /// 在全公司的消息中查找，由晚到早，缺省 20 条。一次最多翻看最近五十万条消息：next_before 不为 0 时，以它为 before 继续，
    /// 即使这一次没有找到。
    #[oai(path = "/zhugeleida/admin/chat/search", method = "get", operation_id = "admin.chat.search")]
    async fn search(&self, admin: Admin, query: Params<MessageSearch>) -> Result<Answer<MessageHits>> {
        admin.require(Right::ChatRead)?;
        let asked = query.0;
        let words = asked.keyword.trim().to_owned();
        if words.is_empty() {
            return Err(Error::field("keyword", "此字段不能为空"));
        }
        let most = Paging::new(None, asked.length, 20)?.most();
        let wanted = Wanted { words, staff: asked.uid.map(StaffId), before: asked.before.map(MessageId), most };
        let (hits, next) = office::search(&self.0, &admin, wanted).await?;
        let ret_data = hits.into_iter().map(|row| MessageHit::new(row, &self.0.zone)).collect();
        Ok(Answer::new("查询成功", MessageHits { ret_data, next_before: next.map(|id| id.0).unwrap_or_default() }))
    }
}
