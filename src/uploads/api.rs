//! Uploading. Document 002, section 3.1.

use poem_openapi::{Object, OpenApi};
use serde::Serialize;

use super::{Key, MOST_SLICES, Slice, Source};
use crate::{
    app::App,
    error::{Error, Result},
    identity::Anyone,
    web::{Answer, Body, Empty, Params, Tag, Upload},
};

pub fn api(app: &App) -> impl OpenApi + use<> {
    UploadApi(app.clone())
}

struct UploadApi(App);

#[derive(Object)]
struct SliceForm {
    /// 文件名；只用于区分文件，不决定保存的名称与类型
    #[oai(validator(max_length = 300))]
    img_name: String,
    /// 分片内容：multipart 的文件部分（原始字节），或 base64 文本（可带 data: 前缀；整个文件编码后再切开，或每片分别编码）
    img_data: String,
    /// 分片序号，从 0 或从 1 开始，最大 2000
    #[oai(validator(minimum(value = "0"), maximum(value = "2000")))]
    chunk: u32,
    /// 文件的唯一标识（毫秒时间戳），同一文件的各片相同；与签名的 timestamp 无关
    #[oai(validator(max_length = 100))]
    timestamp: String,
    /// 用途：cover_picture 产品封面、product_picture 产品介绍、user_photo、user_avatar、feedback、website、wcx_head_image、
    /// article、admin_qrcode、case、goods、logo、leida_chat 聊天
    #[oai(validator(max_length = 50))]
    img_source: String,
}

#[derive(Object)]
struct MergeForm {
    /// 文件名，与上传分片时相同
    #[oai(validator(max_length = 300))]
    img_name: String,
    /// 文件的唯一标识，与上传分片时相同
    #[oai(validator(max_length = 100))]
    timestamp: String,
    /// 一共多少片
    #[oai(validator(minimum(value = "1"), maximum(value = "2000")))]
    chunk_num: u32,
    /// 用途，同上传分片
    #[oai(validator(max_length = 50))]
    img_source: String,
}

#[derive(Debug, Object)]
struct StatusQuery {
    /// 文件名，与上传分片时相同
    #[oai(validator(max_length = 300))]
    img_name: String,
    /// 文件的唯一标识，即上传分片时的 timestamp；名称不同，因为此处 timestamp 属于签名
    #[oai(validator(max_length = 100))]
    img_timestamp: String,
}

/// 上传到了哪里
#[derive(Debug, Object, Serialize)]
struct UploadStatus {
    /// 已收到的分片序号，升序；合并后为空
    chunk_list: Vec<u32>,
    /// 已经合并
    is_merged: bool,
    /// 合并后的地址；未合并时为空
    picture_url: String,
}

/// 包在 ret_data 中
#[derive(Debug, Object, Serialize)]
struct UploadStatusData {
    ret_data: UploadStatus,
}

/// 新文件的地址
#[derive(Debug, Object, Serialize)]
struct Picture {
    picture_url: String,
}

/// 新文件的地址
#[derive(Debug, Object, Serialize)]
struct Uploaded {
    ret_data: Picture,
    /// 同 ret_data 中的 picture_url
    picture_url: String,
}

#[OpenApi(tag = "Tag::Upload")]
impl UploadApi {
    /// 后台管理 - 通用的-上传图片
    ///
    /// 管理员、雷达用户与客户都可以上传：签名属于谁就是谁的文件，客户只能以 leida_chat 上传。
    /// 分片可以按任意顺序发送，重发的分片替换先前的同号分片。每片不超过 8 MiB；每人未合并的文件不超过 50 个、共 400 MiB；
    /// 一小时没有新分片的文件会被清除。客户每天最多发送 200 个文件、共约 500 MiB（303）。全部发送后调用 img_merge。
    #[oai(path = "/zhugeleida/public/img_upload", method = "post", operation_id = "public.img_upload.img_upload")]
    async fn upload_slice(&self, caller: Anyone, upload: Upload<SliceForm>) -> Result<Answer<Empty>> {
        let form = &upload.form;
        Source::named(&form.img_source, &caller)?;
        let key = Key::new(&caller, &form.timestamp, &form.img_name);
        let file = upload.file.as_ref().filter(|file| file.field == "img_data");
        let slice = Slice {
            number: form.chunk,
            bytes: file.map_or_else(|| form.img_data.clone().into_bytes().into(), |file| file.bytes.clone()),
            is_raw: file.is_some(),
        };
        if slice.bytes.is_empty() {
            return Err(Error::field("img_data", "此字段不能为空"));
        }
        super::keep(&self.0, key, slice).await?;
        Ok(Answer::done("上传成功"))
    }

    /// 后台管理 - 通用的-上传图片 (等分片文件全部传输完毕后，在调用一个接口)
    ///
    /// 按序号合并分片，返回文件地址。缺少分片时返回 303，data.chunk 列出缺少的序号。
    /// 类型由内容决定：图片（jpg、png、gif、webp、bmp，不超过 10 MiB、8000 万像素），视频（mp4、mov、webm，不超过 200 MiB；
    /// 用于 product_picture、website、article、case、goods、leida_chat），语音（mp3、m4a、amr、aac、wav、ogg，不超过 10 MiB；用于 leida_chat）。
    /// 没有收到回答时可以再次调用，得到同一地址。
    #[oai(path = "/zhugeleida/public/img_merge", method = "post", operation_id = "public.img_upload.img_merge")]
    async fn merge_slices(&self, caller: Anyone, form: Body<MergeForm>) -> Result<Answer<Uploaded>> {
        let form = form.0;
        let source = Source::named(&form.img_source, &caller)?;
        let key = Key::new(&caller, &form.timestamp, &form.img_name);
        let url = super::merge(&self.0, key, form.chunk_num.min(MOST_SLICES), source).await?;
        let ret_data = Picture { picture_url: url.clone() };
        Ok(Answer::new("添加图片成功", Uploaded { ret_data, picture_url: url }))
    }

    /// 后台管理 - 通用的-上传图片的进度
    ///
    /// 网络中断后继续上传：只需补发 chunk_list 中没有的分片。只能查询自己的文件；没有上传过、或一小时没有新分片而被清除的，chunk_list 为空。
    #[oai(path = "/zhugeleida/public/img_status", method = "get", operation_id = "public.img_upload.img_status")]
    async fn upload_status(&self, caller: Anyone, query: Params<StatusQuery>) -> Result<Answer<UploadStatusData>> {
        let key = Key::new(&caller, &query.0.img_timestamp, &query.0.img_name);
        let progress = super::progress(&self.0, key).await?;
        let ret_data = UploadStatus {
            chunk_list: progress.slices,
            is_merged: progress.url.is_some(),
            picture_url: progress.url.unwrap_or_default(),
        };
        Ok(Answer::new("查询成功", UploadStatusData { ret_data }))
    }
}
