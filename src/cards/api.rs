//! Mini-program: business cards. Documents 000, 001 and 003.

mod feedback;
mod own;

use poem_openapi::{Object, OpenApi};
use serde::Serialize;

use crate::{
    app::App,
    cards::{self, Card, Deed, Face, Known, Label, Photo},
    customers::source_text,
    error::{Error, Result},
    identity::Customer,
    ids::StaffId,
    time::Zone,
    web::{Answer, Empty, Page, Params, Tag},
};

pub fn api(app: &App) -> impl OpenApi + use<> {
    (CardApi(app.clone()), own::OwnCardApi(app.clone()), feedback::FeedbackApi(app.clone()))
}

struct CardApi(App);

#[derive(Debug, Object)]
struct CardQuery {
    /// 所属企业用户 ID，必填
    uid: Option<i64>,
    /// 同 uid
    u_id: Option<i64>,
    /// 旧版的动作代码；不用，由地址决定
    action: Option<String>,
}

/// 名片
#[derive(Debug, Object, Serialize)]
struct CardRow {
    /// 企业用户 ID
    id: i64,
    /// 用户名
    username: String,
    /// 用户头像
    avatar: String,
    /// 名片的头像
    mingpian_avatar: String,
    /// 公司名称
    company: String,
    /// 公司地址
    address: String,
    /// 职位
    position: String,
    email: String,
    /// 微信号
    wechat: String,
    /// 名片上显示的手机号；隐藏时为空
    mingpian_phone: String,
    create_date: String,
    /// 查看次数
    popularity_num: i64,
    /// 靠谱数量
    praise_num: i64,
    /// 转发次数
    forward_num: i64,
    /// 是否点赞了名片
    is_praise: bool,
    /// 个性签名
    sign: String,
    /// 是否点赞了签名
    is_sign: bool,
    /// 签名点赞数
    sign_num: i64,
    /// 照片
    photo: Vec<CardPhoto>,
    /// 名片标签
    tag: Vec<CardLabel>,
    /// 旧版字段，同 popularity_num
    popularity: i64,
    /// 旧版字段，同 praise_num
    praise: i64,
    /// 旧版字段，同 forward_num
    forward: i64,
    /// 旧版字段，同 is_praise
    is_up_down: bool,
}

/// 名片照片
#[derive(Debug, Object, Serialize)]
struct CardPhoto {
    id: i64,
    photo_url: String,
}

/// 名片标签
#[derive(Debug, Object, Serialize)]
struct CardLabel {
    id: i64,
    /// 标签名
    name: String,
}

/// 有关系的企业用户
#[derive(Debug, Object, Serialize)]
struct KnownCardRow {
    id: i64,
    username: String,
    /// 来源
    source: String,
    avatar: String,
    company: String,
    position: String,
    email: String,
    mingpian_phone: String,
    create_date: String,
}

/// 签名点赞数，以及自己是否点赞
#[derive(Debug, Object, Serialize)]
struct SignaturePraiseRow {
    /// 签名点赞总数
    sign_num: i64,
    /// 签名是否点赞了
    is_sign: bool,
}

/// 签名点赞结果
#[derive(Debug, Object, Serialize)]
struct SignaturePraised {
    ret_data: SignaturePraiseRow,
}

/// 海报页上显示的内容
#[derive(Debug, Object, Serialize)]
struct PosterFace {
    /// 企业用户 ID
    user_id: i64,
    user_avatar: String,
    username: String,
    position: String,
    /// 隐藏时为空
    mingpian_phone: String,
    /// 公司名称
    company: String,
    /// 小程序码；尚未生成时为空
    qr_code_url: String,
}

/// 已保存的海报
#[derive(Debug, Object, Serialize)]
struct SavedPoster {
    /// 企业用户 ID
    user_id: String,
    /// 海报地址（PNG）
    poster_url: String,
}

#[OpenApi(tag = "Tag::CustomerCard")]
impl CardApi {
    /// 小程序 - 显示单个用户的信息 并记录【访问名片】日志信息
    ///
    /// 公司过期后仍可查看，但不再记录。
    #[oai(path = "/zhugeleida/xiaochengxu/mingpian", method = "get", operation_id = "xiaochengxu.mingpian.show")]
    async fn show_card(&self, customer: Customer, query: Params<CardQuery>) -> Result<Answer<Page<CardRow>>> {
        let card = cards::visit(&self.0, customer, query.0.staff()?).await?;
        Ok(Answer::new("查询成功", Page::whole(vec![CardRow::of(card, &self.0.zone)])))
    }

    /// 小程序 - 显示所有的企业微信用户
    ///
    /// 与客户有关系的企业用户，最新的在前，不分页。
    #[oai(path = "/zhugeleida/xiaochengxu/mingpian/all", method = "get", operation_id = "xiaochengxu.mingpian.all")]
    async fn list_cards(&self, customer: Customer) -> Result<Answer<Page<KnownCardRow>>> {
        let known = cards::known(&self.0, customer).await?;
        let rows = known.into_iter().map(|card| KnownCardRow::of(card, &self.0.zone)).collect();
        Ok(Answer::new("查询成功", Page::whole(rows)))
    }

    /// 小程序 - 名片里-记录拨打手机的动作
    ///
    /// 公司过期时返回 403。
    #[oai(
        path = "/zhugeleida/xiaochengxu/mingpian/calling",
        method = "get",
        operation_id = "xiaochengxu.mingpian.calling"
    )]
    async fn call(&self, customer: Customer, query: Params<CardQuery>) -> Result<Answer<Empty>> {
        self.record(customer, query.0, Deed::Call).await
    }

    /// 小程序 - 名片里-记录保存电话的动作
    ///
    /// 公司过期时返回 403。
    #[oai(
        path = "/zhugeleida/xiaochengxu/mingpian/save_phone",
        method = "get",
        operation_id = "xiaochengxu.mingpian.save_phone"
    )]
    async fn save_phone(&self, customer: Customer, query: Params<CardQuery>) -> Result<Answer<Empty>> {
        self.record(customer, query.0, Deed::SavePhone).await
    }

    /// 小程序 - 名片里-保存了您的微信提示接口
    ///
    /// 公司过期时返回 403。
    #[oai(
        path = "/zhugeleida/xiaochengxu/mingpian/save_wechat",
        method = "get",
        operation_id = "xiaochengxu.mingpian.save_wechat"
    )]
    async fn save_wechat(&self, customer: Customer, query: Params<CardQuery>) -> Result<Answer<Empty>> {
        self.record(customer, query.0, Deed::SaveWechat).await
    }

    /// 小程序 - 名片里-记录转发动作
    ///
    /// 公司过期时返回 403。
    #[oai(
        path = "/zhugeleida/xiaochengxu/mingpian/forward",
        method = "get",
        operation_id = "xiaochengxu.mingpian.forward"
    )]
    async fn forward(&self, customer: Customer, query: Params<CardQuery>) -> Result<Answer<Empty>> {
        self.record(customer, query.0, Deed::Forward).await
    }

    /// 小程序 - 名片里-生成海报
    ///
    /// 海报页上显示的内容。小程序码优先为客户专属的；尚无专属码时在后台生成，下次返回。
    #[oai(
        path = "/zhugeleida/xiaochengxu/mingpian/create_poster",
        method = "get",
        operation_id = "xiaochengxu.mingpian.create_poster"
    )]
    async fn create_poster(&self, customer: Customer, query: Params<CardQuery>) -> Result<Answer<Vec<PosterFace>>> {
        let face = cards::poster_face(&self.0, customer, query.0.staff()?).await?;
        Ok(Answer::new("请求成功", vec![PosterFace::from(face)]))
    }

    /// 小程序 - 名片里-返回海报链接地址
    ///
    /// 海报由服务器绘制；名片没有变化时地址不变。记入访问日志（action 1），但不计入名片查看次数。
    #[oai(
        path = "/zhugeleida/xiaochengxu/mingpian/save_poster",
        method = "get",
        operation_id = "xiaochengxu.mingpian.save_poster"
    )]
    async fn save_poster(&self, customer: Customer, query: Params<CardQuery>) -> Result<Answer<SavedPoster>> {
        let staff = query.0.staff()?;
        let poster_url = cards::save_poster(&self.0, customer, staff).await?;
        Ok(Answer::new("请求成功", SavedPoster { user_id: staff.to_string(), poster_url }))
    }

    /// 小程序 - 名片里-记录点赞或者取消点赞
    ///
    /// 已点赞时取消。点赞与取消都有访问日志。公司过期时返回 403。
    #[oai(
        path = "/zhugeleida/xiaochengxu/mingpian/praise",
        method = "get",
        operation_id = "xiaochengxu.mingpian.praise"
    )]
    async fn praise(&self, customer: Customer, query: Params<CardQuery>) -> Result<Answer<Empty>> {
        cards::toggle_praise(&self.0, customer, query.0.staff()?).await?;
        Ok(Answer::done("记录日志成功"))
    }

    /// 小程序 - 名片里-记录点赞签名
    ///
    /// 每位客户一次；再次点赞不变，msg 为“已经点过赞”。公司过期时返回 403。
    #[oai(
        path = "/zhugeleida/xiaochengxu/mingpian/up_sign",
        method = "get",
        operation_id = "xiaochengxu.mingpian.up_sign"
    )]
    async fn praise_signature(&self, customer: Customer, query: Params<CardQuery>) -> Result<Answer<SignaturePraised>> {
        let praise = cards::praise_signature(&self.0, customer, query.0.staff()?).await?;
        let msg = if praise.is_first { "记录日志成功" } else { "已经点过赞" };
        let ret_data = SignaturePraiseRow { sign_num: praise.count, is_sign: true };
        Ok(Answer::new(msg, SignaturePraised { ret_data }))
    }
}

impl CardApi {
    async fn record(&self, customer: Customer, query: CardQuery, deed: Deed) -> Result<Answer<Empty>> {
        cards::record(&self.0, customer, query.staff()?, deed).await?;
        Ok(Answer::done("记录日志成功"))
    }
}

impl CardQuery {
    fn staff(&self) -> Result<StaffId> {
        self.uid.or(self.u_id).map(StaffId).ok_or_else(|| Error::field("uid", "此字段不能为空"))
    }
}

impl CardRow {
    fn of(card: Card, zone: &Zone) -> Self {
        Self {
            id: card.staff.0,
            username: card.name,
            avatar: card.avatar,
            mingpian_avatar: card.card_avatar,
            company: card.company,
            address: card.address,
            position: card.position,
            email: card.email,
            wechat: card.wechat,
            mingpian_phone: card.phone,
            create_date: zone.iso(card.created_at),
            popularity_num: card.views,
            praise_num: card.praises,
            forward_num: card.forwards,
            is_praise: card.is_praised,
            sign: card.signature,
            is_sign: card.is_signature_praised,
            sign_num: card.signature_praises,
            photo: card.photos.into_iter().map(CardPhoto::from).collect(),
            tag: card.labels.into_iter().map(CardLabel::from).collect(),
            popularity: card.views,
            praise: card.praises,
            forward: card.forwards,
            is_up_down: card.is_praised,
        }
    }
}

impl From<Label> for CardLabel {
    fn from(label: Label) -> Self {
        Self { id: label.id.0, name: label.name }
    }
}

impl From<Face> for PosterFace {
    fn from(face: Face) -> Self {
        Self {
            user_id: face.staff.0,
            qr_code_url: face.code().to_owned(),
            user_avatar: face.avatar,
            username: face.name,
            position: face.position,
            mingpian_phone: face.phone,
            company: face.company,
        }
    }
}

impl From<Photo> for CardPhoto {
    fn from(photo: Photo) -> Self {
        Self { id: photo.id, photo_url: photo.url }
    }
}

impl KnownCardRow {
    fn of(card: Known, zone: &Zone) -> Self {
        Self {
            id: card.staff.0,
            username: card.name,
            source: source_text(card.source).to_owned(),
            avatar: card.avatar,
            company: card.company,
            position: card.position,
            email: card.email,
            mingpian_phone: card.phone,
            create_date: zone.iso(card.created_at),
        }
    }
}
