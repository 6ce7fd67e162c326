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
    /// 全公司的访问日志与统计。
    ///
    /// WebSocket `/zhugeleida/admin/websocket/radar`：以管理员的签名连接（握手中带签名，或先发 `{"type":"register","user_id":…,"timestamp":…,"rand_str":…}`），
    /// 需要权限“雷达查看”；之后本公司的每条新日志以 `{"code":200,"msg":"实时推送雷达-最新访问日志成功","data":{"ret_data":[…],"data_count":1}}` 推送，
    /// 条目与访问日志列表的相同。`{"type":"lived"}` 与 `{"type":"closed"}` 与其他 WebSocket 相同；退出、停用或权限收回后，连接在下一条日志之前结束
    #[oai(rename = "后台 · 雷达")]
    AdminRadar,
    /// 雷达用户与客户的会话：只读，不影响已读状态
    #[oai(rename = "后台 · 聊天记录")]
    AdminChat,
    /// 公司、企业微信与应用秘钥
    #[oai(rename = "后台 · 公司")]
    AdminCompany,
    #[oai(rename = "后台 · 部门")]
    AdminDepartment,
    /// 使用雷达的企业用户，以及待审核的临时用户
    #[oai(rename = "后台 · 雷达用户")]
    AdminStaff,
    /// 全公司的客户：列表、详情、动态、标签与导出
    #[oai(rename = "后台 · 客户")]
    AdminCustomer,
    /// 后台账号
    #[oai(rename = "后台 · 管理员")]
    AdminAccount,
    #[oai(rename = "后台 · 角色")]
    AdminRole,
    #[oai(rename = "后台 · 权限条目")]
    AdminRule,
    /// 系统设置与版本信息
    #[oai(rename = "后台 · 系统")]
    AdminSettings,
    #[oai(rename = "后台 · 产品")]
    AdminProduct,
    #[oai(rename = "后台 · 商城")]
    AdminMall,
    /// 商城订单与退款
    #[oai(rename = "后台 · 订单")]
    AdminOrder,
    /// 官网内容与模板
    #[oai(rename = "后台 · 官网")]
    AdminWebsite,
    /// 案例、日记、标签与评论审核
    #[oai(rename = "后台 · 案例")]
    AdminCase,
    /// 公众号文章、标签与评论审核
    #[oai(rename = "后台 · 文章")]
    AdminArticle,
    /// 文章里的名片、报名活动与商品
    #[oai(rename = "后台 · 文章插件")]
    AdminPlugin,
    #[oai(rename = "后台 · 话术")]
    AdminScript,
    /// 发往企业微信、公众号与小程序的消息
    #[oai(rename = "后台 · 消息队列")]
    AdminOutbox,
    /// 由微信服务器调用
    #[oai(rename = "微信 · 推送")]
    WeixinPush,
    /// 小程序与公众号授权给第三方平台
    #[oai(rename = "后台 · 微信授权")]
    AdminGrant,
    /// 代小程序：提交代码、审核、发布、回退
    #[oai(rename = "后台 · 小程序发布")]
    AdminRelease,
    /// 图片与视频：先逐片上传，再合并
    #[oai(rename = "公共 · 上传")]
    Upload,
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
    /// 客户标签
    #[oai(rename = "企业微信 · 标签")]
    StaffTag,
    /// 跟进记录与跟进常用语
    #[oai(rename = "企业微信 · 跟进")]
    StaffFollowUp,
    /// 自己的名片：资料、标签、小程序码
    #[oai(rename = "企业微信 · 名片")]
    StaffCard,
    /// 用户、角色、权限、公司
    #[oai(rename = "企业微信 · 管理")]
    StaffManage,
    /// 文章的读者与传播
    #[oai(rename = "企业微信 · 文章")]
    StaffArticle,
    /// 业绩归属于自己的商城订单
    #[oai(rename = "企业微信 · 订单")]
    StaffOrder,
    #[oai(rename = "企业微信 · 话术")]
    StaffScript,
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
    #[oai(rename = "小程序 · 官网")]
    CustomerWebsite,
    #[oai(rename = "小程序 · 商城")]
    CustomerMall,
    /// 微信支付与自己的订单
    #[oai(rename = "小程序 · 订单")]
    CustomerOrder,
    /// 案例、日记、收藏与足迹
    #[oai(rename = "小程序 · 案例")]
    CustomerCase,
    /// 仅演示模式提供，不需要签名
    #[oai(rename = "小程序 · 登录（测试）")]
    CustomerTestLogin,
    /// 登录、分享与签名
    #[oai(rename = "公众号 · 登录")]
    ReaderLogin,
    /// 文章阅读、转发、评论、推荐与报名
    #[oai(rename = "公众号 · 文章")]
    ReaderArticle,
    /// WebSocket `/zhugeleida/gongzhonghao/websocket/gongzhonghao_chat`（一个会话）与 `gongzhonghao_query_info_num`（未读数）：
    /// 消息格式与小程序相同，先发 `{"type":"register","user_id":客户,"u_id":雷达用户}`
    #[oai(rename = "公众号 · 聊天")]
    ReaderChat,
}
