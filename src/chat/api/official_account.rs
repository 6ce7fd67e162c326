//! Chat endpoints of the official account's readers. Document 004, sections 1.1 to 1.4.

use poem_openapi::{Object, OpenApi, param::Path};
use serde::Serialize;

use super::{ChatFilter, SendForm, UnreadCount, UnreadFilter, count_unread, send};
use crate::{
    app::App,
    chat::{self, Side, parties::of_customer, rows::ChatRow},
    error::Result,
    identity::{Customer, StaffOrCustomer},
    web::{Answer, Body, Empty, Page, Params, Tag},
};

pub struct OfficialAccountChatApi(pub App);

/// 一页聊天记录
#[derive(Debug, Object, Serialize)]
struct Conversation {
    ret_data: Vec<ChatRow>,
    /// 雷达用户名片上的手机号；隐藏时为空
    mingpian_phone: String,
    /// 雷达用户的微信号
    wechat: String,
    /// 会话的消息总数
    data_count: i64,
}

#[OpenApi(tag = "Tag::ReaderChat")]
impl OfficialAccountChatApi {
    /// 公众号 - 实时聊天-发送消息接口
    ///
    /// 雷达用户为 `u_id`，缺省为 `uid`、`user_id`，再缺省为最近联系的雷达用户；`customer_id` 须为签名者本人。
    #[oai(
        path = "/zhugeleida/gongzhonghao/chat/send_msg/:o_id",
        method = "post",
        operation_id = "gongzhonghao.chat.send_msg"
    )]
    async fn send_message(&self, customer: Customer, o_id: Path<i64>, form: Body<SendForm>) -> Result<Answer<Empty>> {
        let _ = o_id;
        send(&self.0, StaffOrCustomer::Customer(customer), &form.0).await
    }

    /// 公众号 - 时聊天-获取最新的聊天信息
    ///
    /// 只返回未读消息，最新的在前；随即标记为已读。
    #[oai(
        path = "/zhugeleida/gongzhonghao/chat/getmsg/:o_id",
        method = "get",
        operation_id = "gongzhonghao.chat.getmsg"
    )]
    async fn list_unread(
        &self,
        customer: Customer,
        o_id: Path<i64>,
        filter: Params<ChatFilter>,
    ) -> Result<Answer<Page<ChatRow>>> {
        let _ = o_id;
        let pair = of_customer(&self.0, customer, filter.0.named()).await?;
        let messages = chat::fresh(&self.0, pair, Side::Customer).await?;
        let msg = if messages.is_empty() {
            "没有得到实时聊天信息"
        } else {
            "实时获取-最新聊天信息成功"
        };
        let zone = &self.0.zone;
        Ok(Answer::new(msg, Page::whole(messages.iter().map(|message| ChatRow::of_reader(message, zone)).collect())))
    }

    /// 公众号 - 分页获取-所有的聊天信息记录
    ///
    /// 最新的在前；读到的会话随即标记为已读。
    #[oai(path = "/zhugeleida/gongzhonghao/chat", method = "get", operation_id = "gongzhonghao.chat.list")]
    async fn list_messages(&self, customer: Customer, filter: Params<ChatFilter>) -> Result<Answer<Conversation>> {
        let pair = of_customer(&self.0, customer, filter.0.named()).await?;
        let messages = chat::page(&self.0, pair, Side::Customer, filter.0.paging()?).await?;
        let (contact, data_count) = chat::counterpart(&self.0, pair).await?;
        let zone = &self.0.zone;
        let conversation = Conversation {
            ret_data: messages.iter().map(|message| ChatRow::of_reader(message, zone)).collect(),
            mingpian_phone: contact.phone,
            wechat: contact.wechat,
            data_count,
        };
        Ok(Answer::new("分页获取-全部聊天消息成功", conversation))
    }

    /// 公众号 - 聊天 - 获取聊天数量
    ///
    /// 来自该雷达用户的未读消息数。
    #[oai(
        path = "/zhugeleida/gongzhonghao/chat/query_num/:o_id",
        method = "get",
        operation_id = "gongzhonghao.chat.query_num"
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
