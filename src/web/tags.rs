//! The groups of endpoints in the OpenAPI document: family first, then subject.

use poem_openapi::Tags;

#[derive(Tags)]
pub enum Tag {
    /// 登录、密码、权限展示
    #[oai(rename = "后台 · 登录")]
    AdminLogin,
    /// 名片状态、数据概览、走势
    #[oai(rename = "后台 · 首页统计")]
    AdminHome,
    /// 公司、企业微信与应用秘钥
    #[oai(rename = "后台 · 公司")]
    AdminCompany,
    #[oai(rename = "后台 · 部门")]
    AdminDepartment,
    /// 使用雷达的企业用户，以及待审核的临时用户
    #[oai(rename = "后台 · 雷达用户")]
    AdminStaff,
    /// 后台账号
    #[oai(rename = "后台 · 管理员")]
    AdminAccount,
    #[oai(rename = "后台 · 角色")]
    AdminRole,
    #[oai(rename = "后台 · 权限条目")]
    AdminRule,
    #[oai(rename = "后台 · 产品")]
    AdminProduct,
    #[oai(rename = "后台 · 商城")]
    AdminMall,
    /// 企业微信登录
    #[oai(rename = "企业微信 · 登录")]
    StaffLogin,
    /// 访问日志。WebSocket `/zhugeleida/qiyeweixin/websocket/leida_action`：先发 `{"type":"register","user_id":…}`（握手或消息中带签名），
    /// 之后每条新日志以 `{"code":200,"msg":"实时推送雷达-最新访问日志成功","data":{"ret_data":[…],"data_count":1}}` 推送，条目与按时间展示的相同
    #[oai(rename = "企业微信 · 雷达")]
    StaffRadar,
    /// 聊天与消息联系人。以下地址由雷达用户与小程序客户共用：带 `u_id` 或签名属于客户时按客户处理。
    ///
    /// WebSocket `/zhugeleida/qiyeweixin/websocket/leida_chat`（一个会话）、`leida_query_info_num`（未读总数）、`leida_query_contact_list`（联系人）：
    /// 消息为 JSON 文本，`type` 为 `register`、`lived`、`query_num`、`closed`，或不带 `type` 而带 `content` 发送消息
    #[oai(rename = "企业微信 · 聊天")]
    StaffChat,
    /// 客户资料
    #[oai(rename = "企业微信 · 客户")]
    StaffCustomer,
    /// 登录、绑定、授权
    #[oai(rename = "小程序 · 登录")]
    CustomerLogin,
    #[oai(rename = "小程序 · 名片")]
    CustomerCard,
    /// WebSocket `/zhugeleida/public/websocket/xiaochengxu`：先发 `{"type":"register","user_id":客户,"u_id":雷达用户}`，
    /// 之后 `{"user_id":…,"u_id":…,"content":"{…}"}` 发送消息，收到的消息以 `实时推送小程序-最新聊天信息成功` 推送
    #[oai(rename = "小程序 · 聊天")]
    CustomerChat,
    #[oai(rename = "小程序 · 产品")]
    CustomerProduct,
}
