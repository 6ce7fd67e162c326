//! Work WeChat: what a staff member changes about a customer. Documents 003 and 004.

use poem_openapi::{Object, OpenApi, param::Path, types::MaybeUndefined};

use crate::{
    app::App,
    customers::changes::{self, Notes, Outlook, rate_of},
    error::{Error, Result},
    identity::Staff,
    ids::{CustomerId, TagId},
    time::Day,
    web::{Answer, Body, Date, Empty, Tag},
};

pub struct ChangeApi(pub App);

#[derive(Debug, Object)]
struct InformationForm {
    /// 客户 ID；以地址中的为准
    id: Option<i64>,
    /// 1 男，2 女
    sex: Option<i64>,
    /// 来源：1 扫码，2 转发，3 搜索，4 公众号文章，5 公众号视频
    source: Option<i64>,
    /// 客户名（备注名）；没有 memo_name 时使用
    #[oai(validator(max_length = 50))]
    username: MaybeUndefined<String>,
    /// 客户的备注名
    #[oai(validator(max_length = 50))]
    memo_name: MaybeUndefined<String>,
    /// 上级客户的 ID，必须是自己的客户；为空则没有
    superior: MaybeUndefined<i64>,
    /// 预计成交时间；为空则清除
    expected_time: MaybeUndefined<Date>,
    /// 手机号，11 位
    phone: MaybeUndefined<String>,
    /// 电子邮件
    #[oai(validator(max_length = 100))]
    email: MaybeUndefined<String>,
    /// 所属公司
    #[oai(validator(max_length = 100))]
    company: MaybeUndefined<String>,
    /// 职位
    #[oai(validator(max_length = 50))]
    position: MaybeUndefined<String>,
    /// 住址
    #[oai(validator(max_length = 200))]
    address: MaybeUndefined<String>,
    /// 生日
    birthday: MaybeUndefined<Date>,
    /// 备注
    #[oai(validator(max_length = 1000))]
    mem: MaybeUndefined<String>,
    /// 客户自己的，不能由雷达用户修改：忽略
    openid: Option<String>,
    /// 忽略
    password: Option<String>,
    /// 忽略
    belonger: Option<String>,
}

#[derive(Debug, Object)]
struct OutlookForm {
    /// 标签 ID 的列表，替换客户原有的标签；[] 全部去掉
    tag_list: Option<Vec<i64>>,
    /// 成交概率：80 或 80%
    expedted_pr: MaybeUndefined<String>,
    /// 成交时间；为空则清除
    expected_time: MaybeUndefined<Date>,
}

#[derive(Debug, Object)]
struct DateForm {
    /// 成交时间；为空则清除，不传则不变
    expected_time: MaybeUndefined<Date>,
}

#[derive(Debug, Object)]
struct RateForm {
    /// 成交率：80 或 80%；为空即 0，不传则不变
    expedted_pr: MaybeUndefined<String>,
    /// 同 expedted_pr
    update_expected_pr: MaybeUndefined<String>,
    /// 同 expedted_pr
    expected_pr: MaybeUndefined<String>,
    /// 标签 ID 的列表：此时与修改客户标签相同
    tag_list: Option<Vec<i64>>,
}

#[derive(Debug, Object)]
struct CustomerTagsForm {
    /// 标签 ID 的列表，替换客户原有的标签；[] 全部去掉
    tag_list: Vec<i64>,
}

#[OpenApi(tag = "Tag::StaffCustomer")]
impl ChangeApi {
    /// 企业微信 -  修改客户关联信息
    ///
    /// 没有传的字段不变，传空则清空。这些内容只有自己看得到。
    #[oai(
        path = "/zhugeleida/qiyeweixin/customer/update_information/:o_id",
        method = "post",
        operation_id = "qiyeweixin.customer.update_information"
    )]
    async fn update_information(
        &self,
        staff: Staff,
        o_id: Path<i64>,
        form: Body<InformationForm>,
    ) -> Result<Answer<Empty>> {
        let form = form.0;
        let _ = (form.id, form.openid, form.password, form.belonger);
        let notes = Notes {
            memo_name: text(form.memo_name).or(text(form.username)),
            sex: form.sex,
            phone: text(form.phone),
            email: text(form.email),
            company: text(form.company),
            position: text(form.position),
            address: text(form.address),
            birthday: day(form.birthday),
            memo: text(form.mem),
            source: form.source,
            parent: change(form.superior).map(|parent| parent.filter(|id| *id != 0).map(CustomerId)),
            expected_day: day(form.expected_time),
        };
        changes::annotate(&self.0, staff, CustomerId(o_id.0), notes).await?;
        Ok(Answer::done("添加成功"))
    }

    /// 修改|添加 -  客戶表信息
    ///
    /// 标签、成交概率、成交时间，传哪个改哪个；后两者各记一条跟进。不是自己的客户返回 307。
    #[oai(
        path = "/zhugeleida/qiyeweixin/customer/update_customer/:o_id",
        method = "post",
        operation_id = "qiyeweixin.customer.update_customer"
    )]
    async fn update_customer(&self, staff: Staff, o_id: Path<i64>, form: Body<OutlookForm>) -> Result<Answer<Empty>> {
        let form = form.0;
        let outlook = Outlook {
            tags: form.tag_list.map(tags),
            rate: rate("expedted_pr", form.expedted_pr)?,
            day: day(form.expected_time),
        };
        self.set(staff, o_id.0, outlook).await
    }

    /// 企业微信 -  修改客户预成交时间
    ///
    /// 记一条跟进：更新预计成交日期。不是自己的客户返回 307。
    #[oai(
        path = "/zhugeleida/qiyeweixin/customer/update_expected_time/:o_id",
        method = "post",
        operation_id = "qiyeweixin.customer.update_expected_time"
    )]
    async fn update_expected_time(&self, staff: Staff, o_id: Path<i64>, form: Body<DateForm>) -> Result<Answer<Empty>> {
        self.set(staff, o_id.0, Outlook { day: day(form.0.expected_time), ..Outlook::default() }).await
    }

    /// 企业微信 -  修改客户预成交率
    ///
    /// 记一条跟进：更新预计成交率。不是自己的客户返回 307。传 tag_list 而没有成交率时，修改的是客户的标签。
    #[oai(
        path = "/zhugeleida/qiyeweixin/customer/update_expected_pr/:o_id",
        method = "post",
        operation_id = "qiyeweixin.customer.update_expected_pr"
    )]
    async fn update_expected_rate(&self, staff: Staff, o_id: Path<i64>, form: Body<RateForm>) -> Result<Answer<Empty>> {
        let form = form.0;
        let given = [
            ("expedted_pr", form.expedted_pr),
            ("update_expected_pr", form.update_expected_pr),
            ("expected_pr", form.expected_pr),
        ];
        let given = given.into_iter().find(|(_, value)| !value.is_undefined());
        let outlook = match given {
            Some((name, value)) => Outlook { rate: rate(name, value)?, ..Outlook::default() },
            None => Outlook { tags: form.tag_list.map(tags), ..Outlook::default() },
        };
        self.set(staff, o_id.0, outlook).await
    }

    /// 企业微信 -  修改客户标签
    ///
    /// 替换客户原有的标签。不是自己的客户返回 307，不能使用的标签返回 301。
    #[oai(
        path = "/zhugeleida/qiyeweixin/customer/update_tag/:o_id",
        method = "post",
        operation_id = "qiyeweixin.customer.update_tag"
    )]
    async fn update_tags(&self, staff: Staff, o_id: Path<i64>, form: Body<CustomerTagsForm>) -> Result<Answer<Empty>> {
        self.set(staff, o_id.0, Outlook { tags: Some(tags(form.0.tag_list)), ..Outlook::default() }).await
    }

    /// 删除客户
    ///
    /// 删除自己与此客户的聊天、访问日志、跟进、备注与标签。同事与此客户的往来不受影响；没有同事与其往来时，客户本身也被删除，其登录随之失效。
    #[oai(
        path = "/zhugeleida/qiyeweixin/customer/delete/:o_id",
        method = "get",
        operation_id = "qiyeweixin.customer.delete"
    )]
    async fn delete_customer(&self, staff: Staff, o_id: Path<i64>) -> Result<Answer<Empty>> {
        changes::delete(&self.0, staff, CustomerId(o_id.0)).await?;
        Ok(Answer::done("删除成功"))
    }
}

impl ChangeApi {
    async fn set(&self, staff: Staff, customer: i64, outlook: Outlook) -> Result<Answer<Empty>> {
        changes::set_outlook(&self.0, staff, CustomerId(customer), outlook).await?;
        Ok(Answer::done("添加成功"))
    }
}

fn tags(ids: Vec<i64>) -> Vec<TagId> {
    ids.into_iter().map(TagId).collect()
}

/// Absent stays as it is, empty clears.
fn change<T>(value: MaybeUndefined<T>) -> Option<Option<T>> {
    match value {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(value) => Some(Some(value)),
    }
}

fn text(value: MaybeUndefined<String>) -> Option<String> {
    change(value).map(|text| text.map(|text| text.trim().to_owned()).unwrap_or_default())
}

fn day(value: MaybeUndefined<Date>) -> Option<Option<Day>> {
    change(value).map(|date| date.map(|Date(day)| day))
}

fn rate(name: &str, value: MaybeUndefined<String>) -> Result<Option<i64>> {
    let Some(text) = change(value) else { return Ok(None) };
    let rate = rate_of(&text.unwrap_or_default()).ok_or_else(|| Error::field(name, "应在 0 到 100 之间"))?;
    Ok(Some(rate))
}
