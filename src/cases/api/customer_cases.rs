//! Mini-program: cases, their tags, footprints and collections. Document 001, section 3.

use poem_openapi::{Object, OpenApi};
use serde::Serialize;

use super::{
    CaseShelfPage,
    rows::{CaseRow, CaseTagName},
    shelf,
};
use crate::{
    app::App,
    cases::{self, Collected},
    error::Result,
    identity::Customer,
    ids::{CaseId, CaseTagId},
    web::{Answer, Body, Page, Paging, Params, Tag},
};

pub struct CustomerCaseApi(pub App);

#[derive(Debug, Object)]
struct CaseQuery {
    /// 公司 ID；缺省为客户所属的公司
    company_id: Option<i64>,
    /// 案例 ID：单个展示
    case_id: Option<i64>,
    /// 标签 ID：搜索相关案例
    search_tag_id: Option<i64>,
    /// 所属雷达用户，动作记入其雷达；缺省为客户最近联系的雷达用户
    uid: Option<i64>,
    /// 页码，从 1 开始
    current_page: Option<i64>,
    /// 每页长度，缺省 20
    length: Option<i64>,
}

#[derive(Debug, Object)]
struct CaseTagQuery {
    /// 公司 ID；缺省为客户所属的公司
    company_id: Option<i64>,
    /// 标签关键字，模糊搜索
    name: Option<String>,
    /// 页码，从 1 开始
    current_page: Option<i64>,
    /// 每页长度，缺省 100
    length: Option<i64>,
}

#[derive(Debug, Object)]
struct CaseCompanyQuery {
    /// 公司 ID；缺省为客户所属的公司
    company_id: Option<i64>,
}

#[derive(Debug, Object)]
struct CollectionForm {
    /// 要收藏的案例 ID
    case_id: i64,
    /// 0 未收藏，1 已收藏；缺省 1
    #[oai(validator(minimum(value = "0"), maximum(value = "1")))]
    status: Option<i64>,
}

/// 收藏状态
#[derive(Debug, Object, Serialize)]
struct CollectionState {
    /// 0 未收藏，1 已收藏
    status: i64,
    status_text: String,
}

#[OpenApi(tag = "Tag::CustomerCase")]
impl CustomerCaseApi {
    /// 小程序 - 案例库 - 案例库_列表展示(分页)  | 单个展示 | 根据标签搜索相关案例
    ///
    /// 只含已发的案例，最近更新的在前，缺省每页 20 条。带 case_id 时展示单个案例并记入足迹；带 search_tag_id 时记入标签搜索历史。
    /// 打开首页（不带两者的第一页）时，所属雷达用户的雷达记录“查看日记首页”。
    #[oai(
        path = "/zhugeleida/xiaochengxu/case_manage/case_list",
        method = "get",
        operation_id = "xiaochengxu.case_manage.case_list"
    )]
    async fn list_cases(&self, customer: Customer, query: Params<CaseQuery>) -> Result<Answer<Page<CaseRow>>> {
        let query = query.0;
        let (shelf, zone) = (shelf(query.company_id, query.uid), &self.0.zone);
        let page = if let Some(id) = query.case_id {
            let case = cases::look(&self.0, customer, shelf, CaseId(id)).await?;
            Page::whole(vec![CaseRow::new(case, zone)])
        } else {
            let paging = Paging::new(query.current_page, query.length, 20)?;
            let tag = query.search_tag_id.map(CaseTagId);
            let (cases, count) = cases::browse(&self.0, customer, shelf, tag, paging).await?;
            Page::new(cases.into_iter().map(|case| CaseRow::new(case, zone)).collect(), count)
        };
        Ok(Answer::new("查询成功", page).noted())
    }

    /// 小程序 - 案例 - 收藏某个案例
    ///
    /// status 为想要的状态，重复提交不变。
    #[oai(
        path = "/zhugeleida/xiaochengxu/case_manage/collection_case",
        method = "post",
        operation_id = "xiaochengxu.case_manage.collection_case"
    )]
    async fn collect_case(
        &self,
        customer: Customer,
        query: Params<CaseCompanyQuery>,
        form: Body<CollectionForm>,
    ) -> Result<Answer<CollectionState>> {
        let (id, wanted) = (CaseId(form.0.case_id), form.0.status != Some(0));
        let state = cases::collect(&self.0, customer, shelf(query.0.company_id, None), id, wanted).await?;
        let (status, text) = match state {
            Collected::JustNow => (1, "已收藏此案例"),
            Collected::Before => (1, "已收藏"),
            Collected::No => (0, "未收藏"),
        };
        Ok(Answer::new("记录成功", CollectionState { status, status_text: text.to_owned() }))
    }

    /// 小程序 - 我的足迹 - 浏览记录
    ///
    /// 每次浏览一条，最新的在前；create_date 为浏览的时间。缺省每页 20 条。
    #[oai(
        path = "/zhugeleida/xiaochengxu/case_manage/browse_case_list_record",
        method = "get",
        operation_id = "xiaochengxu.case_manage.browse_case_list_record"
    )]
    async fn list_visited_cases(
        &self,
        customer: Customer,
        query: Params<CaseShelfPage>,
    ) -> Result<Answer<Page<CaseRow>>> {
        let query = query.0;
        let paging = Paging::new(query.current_page, query.length, 20)?;
        let (cases, count) = cases::visited(&self.0, customer, shelf(query.company_id, None), paging).await?;
        let rows = cases.into_iter().map(|case| CaseRow::marked(case, &self.0.zone)).collect();
        Ok(Answer::new("查询成功", Page::new(rows, count)).noted())
    }

    /// 小程序 - 我的收藏 - 案例列表
    ///
    /// 最近收藏的在前；create_date 为收藏的时间。缺省每页 20 条。
    #[oai(
        path = "/zhugeleida/xiaochengxu/case_manage/collection_case_list_record",
        method = "get",
        operation_id = "xiaochengxu.case_manage.collection_case_list_record"
    )]
    async fn list_collected_cases(
        &self,
        customer: Customer,
        query: Params<CaseShelfPage>,
    ) -> Result<Answer<Page<CaseRow>>> {
        let query = query.0;
        let paging = Paging::new(query.current_page, query.length, 20)?;
        let (cases, count) = cases::collected(&self.0, customer, shelf(query.company_id, None), paging).await?;
        let rows = cases.into_iter().map(|case| CaseRow::marked(case, &self.0.zone)).collect();
        Ok(Answer::new("查询成功", Page::new(rows, count)).noted())
    }

    /// 小程序 - 案例  - 标签列表展示 | 模糊搜索
    ///
    /// 最新的在前。
    #[oai(
        path = "/zhugeleida/xiaochengxu/case_tag/case_list",
        method = "get",
        operation_id = "xiaochengxu.case_tag.case_list"
    )]
    async fn list_case_tags(
        &self,
        customer: Customer,
        query: Params<CaseTagQuery>,
    ) -> Result<Answer<Page<CaseTagName>>> {
        let query = query.0;
        let paging = Paging::new(query.current_page, query.length, 100)?;
        let page = if shelf(query.company_id, None).is_own(customer) {
            let (tags, count) = cases::tags(&self.0, customer.company, query.name, paging).await?;
            Page::new(names(tags), count)
        } else {
            Page::whole(Vec::new())
        };
        Ok(Answer::new("", page).noted())
    }

    /// 小程序 - 案例  - 历史标签记录
    ///
    /// 最近搜索过的 13 个标签，最新的在前，各一次。
    #[oai(
        path = "/zhugeleida/xiaochengxu/case_tag/history_case_list",
        method = "get",
        operation_id = "xiaochengxu.case_tag.history_case_list"
    )]
    async fn list_searched_case_tags(
        &self,
        customer: Customer,
        query: Params<CaseCompanyQuery>,
    ) -> Result<Answer<Page<CaseTagName>>> {
        let tags = cases::searched_tags(&self.0, customer, shelf(query.0.company_id, None)).await?;
        Ok(Answer::new("", Page::whole(names(tags))).noted())
    }

    /// 小程序 - 案例  - 热门标签搜索
    ///
    /// 搜索次数最多的 13 个标签。
    #[oai(
        path = "/zhugeleida/xiaochengxu/case_tag/top_search_tag_list",
        method = "get",
        operation_id = "xiaochengxu.case_tag.top_search_tag_list"
    )]
    async fn list_top_case_tags(
        &self,
        customer: Customer,
        query: Params<CaseCompanyQuery>,
    ) -> Result<Answer<Page<CaseTagName>>> {
        let tags = cases::top_tags(&self.0, customer, shelf(query.0.company_id, None)).await?;
        Ok(Answer::new("", Page::whole(names(tags))).noted())
    }
}

fn names(tags: Vec<cases::Tag>) -> Vec<CaseTagName> {
    tags.into_iter().map(CaseTagName::from).collect()
}
