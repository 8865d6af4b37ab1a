//! SMTP (RFC 5321), as much of it as a client without TLS needs.

mod message;

use std::io;
use std::net::TcpStream;

use crate::deed::Deed;
use crate::provider::{Incoming, Shared};
use crate::stream::{Lines, text_of};

/// What a conversation has come to.
#[derive(Default)]
struct Transaction {
    has_sender: bool,
    recipients: Vec<String>,
    deed: Option<Deed>,
}

/// What follows a line.
enum Next {
    Say(String),
    /// The mail itself comes now.
    Read,
    /// This is said, and the connection ends.
    End(&'static str),
}

/// Holds one conversation.
pub(crate) fn serve(stream: TcpStream, shared: &Shared) -> io::Result<()> {
    let mut lines = Lines::new(stream);
    let mut transaction = Transaction::default();
    lines.say(b"220 fake.example ESMTP\r\n")?;
    while let Some(line) = lines.next()? {
        match transaction.next(&text_of(&line), shared) {
            Next::Say(text) => lines.say(format!("{text}\r\n").as_bytes())?,
            Next::End(text) => return lines.say(format!("{text}\r\n").as_bytes()),
            Next::Read => {
                lines.say(b"354 go on\r\n")?;
                let Some(message) = message::read(&mut lines)? else {
                    return Ok(());
                };
                let Some(answer) = transaction.take(&message, shared) else {
                    return Ok(());
                };
                lines.say(format!("{answer}\r\n").as_bytes())?;
            }
        }
    }
    Ok(())
}

impl Transaction {
    fn next(&mut self, line: &str, shared: &Shared) -> Next {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        let say = |text: &str| Next::Say(text.to_owned());
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" => say("250-fake.example\r\n250-SIZE 31457280\r\n250 8BITMIME"),
            "HELO" | "NOOP" => say("250 ok"),
            "RSET" => {
                *self = Self::default();
                say("250 ok")
            }
            "QUIT" => Next::End("221 bye"),
            "MAIL" => self.mail(shared.deed()),
            "RCPT" => self.recipient(rest),
            "DATA" if self.recipients.is_empty() => say("503 no recipients"),
            "DATA" => Next::Read,
            _ => say("502 not here"),
        }
    }

    /// What concerns the sender is said here.
    fn mail(&mut self, deed: Deed) -> Next {
        *self = Self {
            has_sender: !matches!(deed, Deed::RefuseKey | Deed::RefuseSender),
            deed: Some(deed),
            recipients: Vec::new(),
        };
        match deed {
            Deed::Limit => Next::End("421 4.7.0 too many connections, try again later"),
            Deed::RefuseKey => Next::Say("530 5.7.0 authentication required".to_owned()),
            Deed::RefuseSender => Next::Say("535 5.7.8 credentials invalid".to_owned()),
            Deed::Accept
            | Deed::AcceptSlowly
            | Deed::Fault
            | Deed::Reject
            | Deed::TooLarge
            | Deed::HoldUntaken
            | Deed::HoldTaken
            | Deed::DropUntaken
            | Deed::DropTaken => Next::Say("250 ok".to_owned()),
        }
    }

    fn recipient(&mut self, rest: &str) -> Next {
        if !self.has_sender {
            return Next::Say("503 MAIL first".to_owned());
        }
        if self.deed == Some(Deed::Reject) {
            return Next::Say("550 5.1.1 no such user".to_owned());
        }
        let address = rest
            .split_once('<')
            .and_then(|(_, rest)| rest.split_once('>'));
        match address {
            Some((address, _)) if !address.is_empty() => {
                self.recipients.push(address.to_owned());
                Next::Say("250 ok".to_owned())
            }
            _ => Next::Say("501 5.1.3 no address".to_owned()),
        }
    }

    /// None where the conversation ends without an answer.
    fn take(&mut self, message: &[u8], shared: &Shared) -> Option<&'static str> {
        let done = std::mem::take(self);
        let deed = done.deed.unwrap_or(Deed::Accept);
        let mail = Incoming {
            send: message::send_of(message),
            to: done.recipients,
        };
        let answers = shared.handle(deed, vec![mail], message);
        answers.then_some(match deed {
            Deed::Fault => "451 4.3.0 local error in processing",
            Deed::TooLarge => "552 5.3.4 message too big",
            Deed::Accept
            | Deed::AcceptSlowly
            | Deed::Limit
            | Deed::Reject
            | Deed::RefuseKey
            | Deed::RefuseSender
            | Deed::HoldUntaken
            | Deed::HoldTaken
            | Deed::DropUntaken
            | Deed::DropTaken => "250 2.0.0 taken",
        })
    }
}
