//! Sends the example requests of a brief in an order in which the rows that they name are there.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::compare::check_value;
use crate::tools::Outcome;

/// A conversation with a running application.
pub(super) struct Session<'h> {
    url: String,
    handoff: &'h Value,
    agent: ureq::Agent,
    token: String,
    /// The token of another user.
    stranger: Option<String>,
    /// Keys of rows by their entities.
    keys: BTreeMap<String, String>,
    /// Their entities, in the order in which they were created.
    created: Vec<String>,
    values: Vec<(String, Value)>,
    sent: usize,
}

/// A response: its status and body.
struct Answer {
    status: u16,
    body: Option<Value>,
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

impl<'h> Session<'h> {
    /// Signs up by the example of it, and signs in by the example of that.
    pub(super) fn open(url: &str, handoff: &'h Value) -> Outcome<Self> {
        let agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut session = Self {
            url: url.to_owned(),
            handoff,
            agent,
            token: String::new(),
            stranger: None,
            keys: BTreeMap::new(),
            created: Vec::new(),
            values: Vec::new(),
            sent: 0,
        };
        let operations = handoff["operations"].as_array().ok_or("the brief has no operations")?;
        let is_sign_up = |one: &&Value| {
            text(one, "entity") == "User"
                && text(one, "method") == "POST"
                && text(&one["who"]["nobody"], "kind") == "yes"
                && one["body"]["value"]["kind"] == "class"
                && one["example"]["body"]["email"].is_string()
        };
        let sign_up = operations.iter().find(is_sign_up).ok_or("no operation signs somebody up")?;
        session.operation(sign_up)?;
        session.token = session.sign_in(&sign_up["example"]["body"])?;
        Ok(session)
    }

    fn sign_in(&self, account: &Value) -> Outcome<String> {
        let mut example = self.handoff["sign_in"]["example"].clone();
        example["body"]["username"] = account["email"].clone();
        example["body"]["password"] = account["password"].clone();
        let answer = self.send(&example, None)?;
        let token = answer.body.as_ref().and_then(|body| body["access_token"].as_str().map(str::to_owned));
        token.ok_or_else(|| format!("signing in answers {}: {:?}", answer.status, answer.body))
    }

    /// Sends every example: what creates first, what deletes last.
    pub(super) fn send_all(&mut self) -> Outcome {
        let operations = self.handoff["operations"].as_array().cloned().unwrap_or_default();
        let rank = |one: &Value| match text(one, "method") {
            "POST" if one["body"].is_object() => 0,
            "GET" => 1,
            "DELETE" => 3,
            _ => 2,
        };
        let mut left: Vec<Value> = operations.into_iter().filter(|one| !self.is_done(one)).collect();
        while !left.is_empty() {
            let ready = (0..left.len()).filter(|place| self.is_ready(&left[*place]));
            // What was created last is deleted first, and links before what they link.
            let place = |one: &Value| match rank(one) {
                3 => (3, usize::from(text(one, "path").matches('{').count() < 2), self.age(one)),
                rank => (rank, 0, 0),
            };
            let next = ready.min_by_key(|number| place(&left[*number]));
            let one = left.remove(next.ok_or_else(|| format!("nobody creates what these need: {left:?}"))?);
            if one["example"].is_null() {
                return Err(format!("no example of {} {}", text(&one, "method"), text(&one, "path")));
            }
            self.refusals(&one)?;
            self.operation(&one)?;
        }
        Ok(())
    }

    /// What signs up and in was sent before.
    fn is_done(&self, one: &Value) -> bool {
        self.handoff["sign_in"]["token_url"] == one["path"] || self.values.iter().any(|(name, _)| *name == key(one))
    }

    /// How many rows were created after the one that an operation names.
    fn age(&self, one: &Value) -> usize {
        let place = self.created.iter().position(|entity| entity == text(one, "entity"));
        self.created.len() - place.unwrap_or_default()
    }

    fn is_ready(&self, one: &Value) -> bool {
        let needs = one["example"]["needs"].as_array().cloned().unwrap_or_default();
        needs.iter().all(|need| self.keys.contains_key(text(need, "entity")))
    }

    /// The example with the keys of rows that are there.
    fn filled(&self, example: &Value) -> Value {
        let mut example = example.clone();
        for need in example["needs"].as_array().cloned().unwrap_or_default() {
            let Some(known) = self.keys.get(text(&need, "entity")) else { continue };
            if text(&need, "place") == "path" {
                example["path"] = text(&example, "path").replace(text(&need, "value"), known).into();
            } else {
                let is_number = example["body"][text(&need, "name")].is_number();
                let value = if is_number { json!(known.parse::<i64>().unwrap_or_default()) } else { json!(known) };
                example["body"][text(&need, "name")] = value;
            }
        }
        example
    }

    /// Sends an example, and compares what is answered with what the brief says.
    fn operation(&mut self, one: &Value) -> Outcome {
        let example = self.filled(&one["example"]);
        let name = key(one);
        let token = self.token.clone();
        let answer = self.send(&example, Some(&token))?;
        if one["status"] != json!(answer.status) {
            return Err(format!(
                "{name} answers {}, not {}: {:?}\n{example}",
                answer.status, one["status"], answer.body
            ));
        }
        match (&answer.body, &one["answer_value"]) {
            (None, Value::Null) => {}
            (Some(body), described) if !described.is_null() => {
                check_value(self.handoff, described, body, &name)?;
                check_value(self.handoff, described, &example["response"], &format!("{name}, example"))?;
                if let (Some(id), "POST") = (body.get("id"), text(one, "method")) {
                    let id = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
                    if self.keys.insert(text(one, "entity").to_owned(), id).is_none() {
                        self.created.push(text(one, "entity").to_owned());
                    }
                }
                self.values.push((text(one, "answer").to_owned(), body.clone()));
                self.values.push((text(one, "answer").to_owned(), example["response"].clone()));
            }
            (body, described) => return Err(format!("{name} answers {body:?}, and the brief says {described}")),
        }
        if !example["body"].is_null() {
            self.values.push((text(&one["body"], "type").to_owned(), example["body"].clone()));
        }
        self.values.push((key(one), Value::Null));
        self.sent += 1;
        Ok(())
    }

    /// Nobody in particular, and another user, are refused as the brief says.
    fn refusals(&mut self, one: &Value) -> Outcome {
        let name = key(one);
        let example = self.filled(&one["example"]);
        let nobody = &one["who"]["nobody"];
        if text(nobody, "kind") == "no" {
            let mut bare = example.clone();
            bare["headers"] = json!([]);
            let answer = self.send(&bare, None)?;
            if nobody["status"] != json!(answer.status) {
                return Err(format!("{name} answers {} to nobody, not {}", answer.status, nobody["status"]));
            }
        }
        let other = one["who"]["other"].clone();
        if text(&other, "kind") == "no" {
            let token = self.stranger()?;
            let answer = self.send(&example, Some(&token))?;
            if other["status"] != json!(answer.status) {
                return Err(format!("{name} answers {} to another user, not {}", answer.status, other["status"]));
            }
            let listed =
                one["errors"].as_array().is_some_and(|all| all.iter().any(|error| error["status"] == other["status"]));
            if !listed {
                return Err(format!("{name}: {} is not among its errors", other["status"]));
            }
        }
        Ok(())
    }

    /// The token of another user.
    fn stranger(&mut self) -> Outcome<String> {
        if let Some(token) = &self.stranger {
            return Ok(token.clone());
        }
        let account = json!({"email": "another@example.com", "password": "correct horse battery"});
        let mut request = json!({"method": "POST", "path": "/api/v1/users", "headers": [], "body": account});
        request["headers"] = json!([["Content-Type", "application/json"]]);
        self.send(&request, None)?;
        let token = self.sign_in(&account)?;
        self.stranger = Some(token.clone());
        Ok(token)
    }

    fn send(&self, example: &Value, token: Option<&str>) -> Outcome<Answer> {
        let (method, path) = (text(example, "method"), text(example, "path"));
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.url));
        let mut is_form = false;
        for header in example["headers"].as_array().into_iter().flatten() {
            let (name, value) = (header[0].as_str().unwrap_or_default(), header[1].as_str().unwrap_or_default());
            is_form |= value.contains("urlencoded");
            request = request.header(name, value.replace("TOKEN", token.unwrap_or_default()));
        }
        let body = match &example["body"] {
            Value::Null => String::new(),
            Value::Object(fields) if is_form => fields
                .iter()
                .map(|(name, value)| {
                    format!("{name}={}", value.as_str().unwrap_or_default().replace('@', "%40").replace(' ', "+"))
                })
                .collect::<Vec<_>>()
                .join("&"),
            body => body.to_string(),
        };
        let failed = |error: &dyn std::fmt::Display| format!("{method} {path}: {error}");
        let request = request.body(body).map_err(|error| failed(&error))?;
        let mut answer = self.agent.run(request).map_err(|error| failed(&error))?;
        let text = answer.body_mut().read_to_string().map_err(|error| failed(&error))?;
        Ok(Answer { status: answer.status().as_u16(), body: serde_json::from_str(&text).ok() })
    }

    /// What the application says of itself.
    pub(super) fn openapi(&self) -> Outcome<Value> {
        let answer = self.send(&json!({"method": "GET", "path": "/openapi.json", "headers": []}), None)?;
        answer.body.ok_or_else(|| "there is no OpenAPI document".to_owned())
    }

    /// What was sent and answered, with the type of each.
    pub(super) fn finish(self) -> Vec<(String, Value)> {
        eprint!("{} requests ... ", self.sent);
        self.values.into_iter().filter(|(_, value)| !value.is_null()).collect()
    }
}

fn key(one: &Value) -> String {
    format!("{} {}", text(one, "method"), text(one, "path"))
}
