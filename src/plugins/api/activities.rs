//! Sign-up activities. Document 002, sections 8.5 to 8.9; document 004, section 2.1.

use poem_openapi::{Object, OpenApi, param::Path};
use serde::Serialize;
use serde_json::Value;

use super::PluginFilter;
use crate::{
    app::App,
    clean,
    error::Result,
    identity::{Admin, Customer, CustomerOrAdmin, Right},
    ids::{ActivityId, StaffId},
    plugins::{Activity, ActivityFields, Form, conversion, desk, sign_up},
    time::Zone,
    web::{Answer, Body, Empty, NewId, Page, Params, Tag},
};

pub struct ActivityApi(pub App);

/// 报名活动
#[derive(Debug, Object, Serialize)]
struct ActivityRow {
    id: i64,
    /// 所属的用户；其账号已删除时为 null
    belong_user_id: Option<i64>,
    belong_user: String,
    /// 广告语
    ad_slogan: String,
    /// 报名按钮提示字符
    sign_up_button: String,
    title: String,
    /// 阅读数量
    read_count: i64,
    /// 参加人数
    join_num: i64,
    /// 转化率：两位小数的文本，如 "0.21"；没有阅读时为数字 0
    convert_pr: Value,
    /// 报名客户的信息，最新的在前
    name_list: Vec<SignUpRow>,
    /// 活动说明
    introduce: String,
    is_get_phone_code: bool,
    /// 留言提示
    leave_message: String,
    /// 跳转链接
    skip_link: String,
    create_date: String,
}

/// 报名客户
#[derive(Debug, Object, Serialize)]
struct SignUpRow {
    customer_name: String,
    customer_phone: String,
    sign_up_time: String,
    leave_message: String,
}

impl ActivityRow {
    fn new(activity: Activity, zone: &Zone) -> Self {
        let fields = activity.fields;
        let sign_ups = activity.sign_ups.into_iter().map(|sign_up| SignUpRow {
            customer_name: sign_up.name,
            customer_phone: sign_up.phone,
            sign_up_time: zone.iso(sign_up.created_at),
            leave_message: sign_up.leave_message,
        });
        Self {
            id: activity.id.0,
            belong_user_id: activity.owner.map(|owner| owner.0),
            belong_user: activity.owner_name,
            ad_slogan: fields.ad_slogan,
            sign_up_button: fields.sign_up_button,
            title: fields.title,
            read_count: activity.read_count,
            join_num: activity.sign_up_count,
            convert_pr: conversion(activity.sign_up_count, activity.read_count).map_or(Value::from(0), Value::from),
            name_list: sign_ups.collect(),
            introduce: fields.introduce,
            is_get_phone_code: fields.is_phone_code_wanted,
            leave_message: fields.leave_message,
            skip_link: fields.skip_link,
            // To the minute, as the document prints it.
            create_date: zone.plain(activity.created_at).chars().take(16).collect(),
        }
    }
}

#[derive(Debug, Object)]
struct ActivityForm {
    /// 广告语
    #[oai(validator(max_length = 200))]
    ad_slogan: Option<String>,
    /// 报名按钮，缺省“立即报名”
    #[oai(validator(max_length = 50))]
    sign_up_button: Option<String>,
    /// 活动标题，公司内不能重复
    #[oai(validator(max_length = 100))]
    title: String,
    /// 活动说明
    #[oai(validator(max_length = 2000))]
    introduce: Option<String>,
    /// 是否获取手机验证码
    is_get_phone_code: Option<bool>,
    /// 留言提示
    #[oai(validator(max_length = 200))]
    leave_message: Option<String>,
    /// 跳转链接
    #[oai(validator(max_length = 500))]
    skip_link: Option<String>,
}

impl ActivityForm {
    fn fields(self) -> Result<ActivityFields> {
        let text = |given: Option<String>| clean::text(given.unwrap_or_default().trim());
        Ok(ActivityFields {
            title: text(Some(self.title)),
            ad_slogan: text(self.ad_slogan),
            sign_up_button: text(self.sign_up_button.or_else(|| Some("立即报名".to_owned()))),
            introduce: text(self.introduce),
            leave_message: text(self.leave_message),
            skip_link: clean::address("skip_link", self.skip_link)?,
            is_phone_code_wanted: self.is_get_phone_code.unwrap_or_default(),
        })
    }
}

#[derive(Debug, Object)]
struct SignUpForm {
    /// 文章所属的雷达用户；只有客户可以传
    uid: Option<i64>,
    /// 同 uid
    u_id: Option<i64>,
    /// 客户姓名
    #[oai(validator(max_length = 50))]
    customer_name: String,
    /// 手机号
    #[oai(validator(max_length = 30))]
    phone: String,
    /// 验证码；目前没有发送验证码的接口，不检查
    phone_verify_code: Option<String>,
    /// 活动留言
    #[oai(validator(max_length = 500))]
    leave_message: String,
}

impl SignUpForm {
    fn form(self) -> Form {
        // No document tells how a code would be sent, so there is none that it could be compared with.
        let _ = self.phone_verify_code;
        Form {
            name: clean::text(self.customer_name.trim()),
            phone: self.phone,
            leave_message: clean::text(self.leave_message.trim()),
            staff: self.uid.or(self.u_id).map(StaffId),
        }
    }
}

#[OpenApi]
impl ActivityApi {
    /// 后台管理 - 插件 - 活动展示
    ///
    /// 公司的全部活动，最新的在前。
    #[oai(
        path = "/zhugeleida/admin/plugin_report",
        method = "get",
        operation_id = "admin.plugin_report.list",
        tag = "Tag::AdminPlugin"
    )]
    async fn list_activities(&self, admin: Admin, filter: Params<PluginFilter>) -> Result<Answer<Page<ActivityRow>>> {
        admin.require(Right::PluginRead)?;
        let (activities, count) = desk::list_activities(&self.0, &admin, filter.0.paging(10)?).await?;
        let rows = activities.into_iter().map(|activity| ActivityRow::new(activity, &self.0.zone));
        Ok(Answer::new("", Page::new(rows.collect(), count)))
    }

    /// 后台管理 - 插件 - 添加报名活动
    ///
    /// 标题重复时返回 300。
    #[oai(
        path = "/zhugeleida/admin/plugin_report/add/:o_id",
        method = "post",
        operation_id = "admin.plugin_report.add",
        tag = "Tag::AdminPlugin"
    )]
    async fn add_activity(&self, admin: Admin, o_id: Path<i64>, form: Body<ActivityForm>) -> Result<Answer<NewId>> {
        admin.require(Right::PluginWrite)?;
        let _ = o_id;
        let id = desk::add_activity(&self.0, &admin, form.0.fields()?).await?;
        Ok(Answer::new("添加成功", NewId { id: id.0 }))
    }

    /// 后台管理 - 插件 - 修改报名\活动详情
    ///
    /// 使用它的文章立即显示修改后的内容。
    #[oai(
        path = "/zhugeleida/admin/plugin_report/update/:o_id",
        method = "post",
        operation_id = "admin.plugin_report.update",
        tag = "Tag::AdminPlugin"
    )]
    async fn update_activity(&self, admin: Admin, o_id: Path<i64>, form: Body<ActivityForm>) -> Result<Answer<Empty>> {
        admin.require(Right::PluginWrite)?;
        desk::update_activity(&self.0, &admin, ActivityId(o_id.0), form.0.fields()?).await?;
        Ok(Answer::done("修改成功"))
    }

    /// 后台管理 - 插件 - 删除活动详情
    ///
    /// 有文章使用时返回 300。
    #[oai(
        path = "/zhugeleida/admin/plugin_report/delete/:o_id",
        method = "post",
        operation_id = "admin.plugin_report.delete",
        tag = "Tag::AdminPlugin"
    )]
    async fn delete_activity(&self, admin: Admin, o_id: Path<i64>) -> Result<Answer<Empty>> {
        admin.require(Right::PluginWrite)?;
        desk::delete_activity(&self.0, &admin, ActivityId(o_id.0)).await?;
        Ok(Answer::done("删除成功"))
    }

    /// 后台管理 - 插件 - 客户报名活动接口
    ///
    /// 由客户或管理员签名；带 uid 时只能是客户。同一活动同一手机号只算一次，再次报名更新姓名与留言。
    #[oai(
        path = "/zhugeleida/admin/plugin_report/sign_up_activity/:o_id",
        method = "post",
        operation_id = "admin.plugin_report.sign_up_activity",
        tag = "Tag::AdminPlugin"
    )]
    async fn sign_up_in_office(
        &self,
        by: CustomerOrAdmin,
        o_id: Path<i64>,
        form: Body<SignUpForm>,
    ) -> Result<Answer<Empty>> {
        if let CustomerOrAdmin::Admin(admin) = &by {
            admin.require(Right::PluginWrite)?;
        }
        sign_up::sign_up(&self.0, by, ActivityId(o_id.0), form.0.form()).await?;
        Ok(Answer::done("报名成功"))
    }

    /// 文章 - 报名插件 - 客户报名活动接口
    ///
    /// 同一活动同一手机号只算一次，再次报名更新姓名与留言。活动不存在时返回 301。
    #[oai(
        path = "/zhugeleida/gongzhonghao/plugin_report/sign_up_activity/:o_id",
        method = "post",
        operation_id = "gongzhonghao.plugin_report.sign_up_activity",
        tag = "Tag::ReaderArticle"
    )]
    async fn sign_up(&self, customer: Customer, o_id: Path<i64>, form: Body<SignUpForm>) -> Result<Answer<Empty>> {
        let by = CustomerOrAdmin::Customer(customer);
        sign_up::sign_up(&self.0, by, ActivityId(o_id.0), form.0.form()).await?;
        Ok(Answer::done("报名成功"))
    }
}
