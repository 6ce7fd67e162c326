//! Answers for programs and for browsers that people navigate with: JSON for the ones, a redirect to a page of ours for
//! the others.

use form_urlencoded::Serializer;
use poem::{
    IntoResponse, Request, Response,
    http::{StatusCode, header},
};
use poem_openapi::{
    ApiResponse,
    registry::{MetaResponse, MetaResponses, Registry},
};

use super::Answer;
use crate::error::{Error, Result};

/// JSON for programs, a redirect for a browser that navigates here.
pub enum JsonOrPage<T> {
    Json(Answer<T>),
    /// Where to.
    Page(String),
}

/// Whether it is a browser's navigation.
pub fn navigates(request: &Request) -> bool {
    request.header(header::ACCEPT).is_some_and(|accept| accept.contains("text/html"))
}

/// The page of a front end that explains an error to a person; faults of ours stay what they are.
pub fn error_page(front_end: &str, error: Error) -> Result<String> {
    if matches!(error, Error::Internal(_)) {
        return Err(error);
    }
    let query = Serializer::new(String::new())
        .append_pair("code", &error.code().to_string())
        .append_pair("msg", &error.to_string())
        .finish();
    Ok(format!("/{front_end}/#/err_page?{query}"))
}

impl<T> IntoResponse for JsonOrPage<T>
where
    T: Send,
    Answer<T>: IntoResponse,
{
    fn into_response(self) -> Response {
        match self {
            Self::Json(answer) => answer.into_response(),
            Self::Page(location) => {
                Response::builder().status(StatusCode::FOUND).header(header::LOCATION, location).finish()
            }
        }
    }
}

impl<T> ApiResponse for JsonOrPage<T>
where
    Answer<T>: ApiResponse,
{
    fn meta() -> MetaResponses {
        let mut responses = Answer::<T>::meta();
        responses.responses.push(MetaResponse {
            description: "Accept 含 text/html 时转到给人看的页面",
            status: Some(302),
            status_range: None,
            content: Vec::new(),
            headers: Vec::new(),
        });
        responses
    }

    fn register(registry: &mut Registry) {
        Answer::<T>::register(registry);
    }
}
