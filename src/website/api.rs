//! Endpoints of websites and their templates. Document 002, section 6; documents 000 and 001, 官网展示.

use poem_openapi::{Object, OpenApi, param::Path};
use serde::Serialize;

use super::{Block, SiteContent};
use crate::{
    app::App,
    error::{Error, Result},
    identity::{Admin, Customer, Right},
    ids::{StaffId, TemplateId},
    web::{Answer, Body, Empty, NewId, Page, Paging, Params, Tag},
};

pub fn api(app: &App) -> impl OpenApi + use<> {
    (AdminWebsiteApi(app.clone()), CustomerWebsiteApi(app.clone()))
}

struct AdminWebsiteApi(App);
struct CustomerWebsiteApi(App);

#[derive(Object)]
struct WebsiteChoice {
    /// 公司 ID，缺省为自己的公司；只有超级管理员可以查看其它公司
    company_id: Option<i64>,
}

/// 公司的官网
#[derive(Object, Serialize)]
struct WebsiteRow {
    /// 公司 ID
    id: i64,
    /// 公司名称
    name: String,
    /// 官网内容；尚未编辑时为空列表
    website_content: Vec<Block>,
    /// 公司的创建时间
    create_date: String,
}

#[derive(Object)]
struct WebsiteForm {
    /// 同地址中的公司 ID；不起作用
    company_id: Option<i64>,
    /// 官网内容，如 [{"type":"guntu","data":[{"picture_url":"statics/…"}]},{"type":"content","data":[{"picture_url":"statics/…"}]}]；
    /// 最多 100 块、64 KiB，图片地址为 statics/… 或 http(s)://…
    website_content: Vec<Block>,
}

#[derive(Object)]
struct TemplateFilter {
    /// 页码，从 1 开始
    current_page: Option<i64>,
    /// 每页长度，缺省 100
    length: Option<i64>,
}

/// 官网模板
#[derive(Object, Serialize)]
struct TemplateRow {
    id: i64,
    name: String,
    template_content: Vec<Block>,
    create_date: String,
}

#[derive(Object)]
struct TemplateForm {
    /// 模板名称
    #[oai(validator(max_length = 100))]
    name: Option<String>,
    /// 模板内容，格式同官网内容
    template_content: Vec<Block>,
}

#[OpenApi(tag = "Tag::AdminWebsite")]
impl AdminWebsiteApi {
    /// 后台管理 - 官网 - 展示官网内容
    #[oai(path = "/zhugeleida/admin/website", method = "get", operation_id = "admin.website.show")]
    async fn show_website(&self, admin: Admin, choice: Params<WebsiteChoice>) -> Result<Answer<Page<WebsiteRow>>> {
        admin.require(Right::WebsiteRead)?;
        let website = super::show(&self.0, admin.company_named(choice.0.company_id)?).await?;
        let row = WebsiteRow {
            id: website.company.0,
            name: website.name,
            website_content: website.content.blocks().to_vec(),
            create_date: self.0.zone.iso(website.created_at),
        };
        Ok(Answer::new("", Page::whole(vec![row])))
    }

    /// 后台管理 - 官网 - 编辑并保存官网内容
    ///
    /// 保存的内容替换原有内容。guntu 为滚图，content 为内容图片；其它类型的块原样保存。
    #[oai(path = "/zhugeleida/admin/website/edit/:company_id", method = "post", operation_id = "admin.website.edit")]
    async fn edit_website(
        &self,
        admin: Admin,
        company_id: Path<i64>,
        form: Body<WebsiteForm>,
    ) -> Result<Answer<Empty>> {
        admin.require(Right::WebsiteWrite)?;
        let company = admin.company_named(Some(company_id.0))?;
        let content = SiteContent::checked("website_content", form.0.website_content)?;
        super::edit(&self.0, &admin, company, content).await?;
        Ok(Answer::done("保存成功"))
    }

    /// 后台管理 - 官网模板 - 展示所有模板
    ///
    /// 各公司共用，最新的在前。
    #[oai(path = "/zhugeleida/admin/website_template", method = "get", operation_id = "admin.website_template.list")]
    async fn list_templates(&self, admin: Admin, filter: Params<TemplateFilter>) -> Result<Answer<Page<TemplateRow>>> {
        admin.require(Right::WebsiteRead)?;
        let paging = Paging::new(filter.0.current_page, filter.0.length, 100)?;
        let (templates, count) = super::templates(&self.0, paging).await?;
        let rows = templates.into_iter().map(|template| TemplateRow {
            id: template.id.0,
            name: template.name,
            template_content: template.content.blocks().to_vec(),
            create_date: self.0.zone.iso(template.created_at),
        });
        Ok(Answer::new("", Page::new(rows.collect(), count)))
    }

    /// 后台管理 - 官网模板 - 增加模板
    ///
    /// 只有超级管理员可以增加、修改、删除模板。
    #[oai(
        path = "/zhugeleida/admin/website_template/add/:o_id",
        method = "post",
        operation_id = "admin.website_template.add"
    )]
    async fn add_template(&self, admin: Admin, o_id: Path<i64>, form: Body<TemplateForm>) -> Result<Answer<NewId>> {
        admin.require_super()?;
        let _ = o_id;
        let content = SiteContent::checked("template_content", form.0.template_content)?;
        let name = form.0.name.unwrap_or_default().trim().to_owned();
        let id = super::add_template(&self.0, &admin, name, content).await?;
        Ok(Answer::new("保存成功", NewId { id: id.0 }))
    }

    /// 后台管理 - 官网模板 - 修改模板
    ///
    /// 不传 name 时名称不变。
    #[oai(
        path = "/zhugeleida/admin/website_template/update/:o_id",
        method = "post",
        operation_id = "admin.website_template.update"
    )]
    async fn update_template(&self, admin: Admin, o_id: Path<i64>, form: Body<TemplateForm>) -> Result<Answer<Empty>> {
        admin.require_super()?;
        let content = SiteContent::checked("template_content", form.0.template_content)?;
        let name = form.0.name.map(|name| name.trim().to_owned());
        super::update_template(&self.0, &admin, TemplateId(o_id.0), name, content).await?;
        Ok(Answer::done("修改成功"))
    }

    /// 后台管理 - 官网模板 - 删除模板
    #[oai(
        path = "/zhugeleida/admin/website_template/delete/:o_id",
        method = "post",
        operation_id = "admin.website_template.delete"
    )]
    async fn delete_template(&self, admin: Admin, o_id: Path<i64>) -> Result<Answer<Empty>> {
        admin.require_super()?;
        super::delete_template(&self.0, &admin, TemplateId(o_id.0)).await?;
        Ok(Answer::done("删除成功"))
    }
}

#[derive(Object)]
struct SiteChoice {
    /// 所属雷达用户
    uid: Option<i64>,
    /// 同 uid
    u_id: Option<i64>,
}

/// 一张图片
#[derive(Object, Serialize)]
struct SitePicture {
    picture_url: String,
}

/// 官网
#[derive(Object, Serialize)]
struct Site {
    /// 滚图
    cover_picture: Vec<SitePicture>,
    /// 内容图片
    content_picture: Vec<SitePicture>,
    /// 全部内容，按编辑时的顺序
    website_content: Vec<Block>,
}

/// 官网与图片数
#[derive(Object, Serialize)]
struct SitePage {
    ret_data: Site,
    /// 图片总数
    data_count: i64,
}

#[OpenApi(tag = "Tag::CustomerWebsite")]
impl CustomerWebsiteApi {
    /// 小程序 - 官网展示
    ///
    /// 雷达用户所在公司的官网；记录一条查看官网的访问日志。公司尚未编辑官网时列表为空。
    #[oai(path = "/zhugeleida/xiaochengxu/website", method = "get", operation_id = "xiaochengxu.website.show")]
    async fn look_at_website(&self, customer: Customer, choice: Params<SiteChoice>) -> Result<Answer<SitePage>> {
        let staff = choice.0.uid.or(choice.0.u_id).ok_or_else(|| Error::field("uid", "此字段不能为空"))?;
        let content = super::look_at(&self.0, customer, StaffId(staff)).await?;
        let pictures = |urls: Vec<String>| urls.into_iter().map(|picture_url| SitePicture { picture_url }).collect();
        let site = Site {
            cover_picture: pictures(content.scrolling()),
            content_picture: pictures(content.below()),
            website_content: content.blocks().to_vec(),
        };
        let data_count = i64::try_from(content.count_pictures()).unwrap_or(i64::MAX);
        Ok(Answer::new("", SitePage { ret_data: site, data_count }))
    }
}
