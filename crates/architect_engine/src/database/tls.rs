//! How a connection to PostgreSQL is secured, as `sslmode` and `sslrootcert` of its URL say.
//!
//! They mean what they mean to PostgreSQL's own clients: `require` encrypts, `verify-ca` checks who signed the server's
//! certificate too, `verify-full` also that it is for this host.

use std::path::PathBuf;
use std::sync::Arc;

use postgres::Config;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use tokio_postgres_rustls::MakeRustlsConnect;

/// What is checked of a server's certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Checked {
    Nothing,
    Signer,
    SignerAndHost,
}

/// A URL of PostgreSQL as its driver reads it, with the way in which the connection is secured.
///
/// # Errors
/// The URL is not understood, or certificates cannot be read; with the reason.
pub(super) fn secured(url: &str) -> Result<(Config, MakeRustlsConnect), String> {
    let (address, options) = url.split_once('?').unwrap_or((url, ""));
    let mut kept = Vec::new();
    let (mut checked, mut roots) = (Checked::Nothing, None);
    for option in options.split('&').filter(|option| !option.is_empty()) {
        match option.split_once('=') {
            Some(("sslmode", "verify-ca")) => checked = Checked::Signer,
            Some(("sslmode", "verify-full")) => checked = Checked::SignerAndHost,
            Some(("sslmode", "allow")) => kept.push("sslmode=prefer"),
            // asyncpg's spelling.
            Some(("ssl", "require" | "true")) => kept.push("sslmode=require"),
            Some(("sslrootcert", path)) => roots = Some(decoded(path)),
            Some(("sslcert" | "sslkey", _)) => return Err("certificates of clients are not supported".to_owned()),
            _ => kept.push(option),
        }
    }
    if checked != Checked::Nothing {
        kept.push("sslmode=require");
    }
    let config: Config = format!("{address}?{}", kept.join("&")).parse().map_err(|error: postgres::Error| {
        std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string)
    })?;
    Ok((config, MakeRustlsConnect::new(client(checked, roots)?)))
}

fn client(checked: Checked, roots: Option<String>) -> Result<ClientConfig, String> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| error.to_string())?;
    let strict = match checked {
        Checked::Nothing => None,
        Checked::Signer | Checked::SignerAndHost => {
            let roots = Arc::new(root_certificates(roots)?);
            let verifier = WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(&provider)).build();
            Some(verifier.map_err(|error| error.to_string())?)
        }
    };
    let verifier = Verifier { provider, strict, host: checked == Checked::SignerAndHost };
    Ok(builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth())
}

/// The certificates that others are trusted by: of a file, or of the system.
fn root_certificates(path: Option<String>) -> Result<RootCertStore, String> {
    let mut store = RootCertStore::empty();
    match path.filter(|path| path != "system") {
        Some(path) => {
            let failed = |error: rustls::pki_types::pem::Error| format!("`sslrootcert` cannot be read: {error}");
            for certificate in CertificateDer::pem_file_iter(PathBuf::from(path)).map_err(failed)? {
                store.add(certificate.map_err(failed)?).map_err(|error| error.to_string())?;
            }
        }
        None => drop(store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs)),
    }
    Ok(store)
}

/// A part of a URL without its percent signs.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let escaped = after.get(..2).filter(|_| *first == b'%').and_then(|digits| std::str::from_utf8(digits).ok());
        match escaped.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Checks of a server's certificate what was asked for.
#[derive(Debug)]
struct Verifier {
    provider: Arc<CryptoProvider>,
    strict: Option<Arc<WebPkiServerVerifier>>,
    host: bool,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(strict) = &self.strict else { return Ok(ServerCertVerified::assertion()) };
        match strict.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now) {
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if !self.host => Ok(ServerCertVerified::assertion()),
            result => result,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use postgres::config::SslMode;

    use super::*;

    #[test]
    fn modes_of_a_url() {
        let mode = |url: &str| secured(url).map(|(config, _)| config.get_ssl_mode());
        assert_eq!(mode("postgresql://me@db/x"), Ok(SslMode::Prefer));
        assert_eq!(mode("postgresql://me@db/x?sslmode=disable"), Ok(SslMode::Disable));
        assert_eq!(mode("postgresql://me@db/x?sslmode=verify-full&connect_timeout=3"), Ok(SslMode::Require));
        assert_eq!(mode("postgresql://me@db/x?ssl=require"), Ok(SslMode::Require));
        assert!(mode("postgresql://me@db/x?sslmode=always").is_err());
        assert!(mode("postgresql://me@db/x?sslmode=verify-ca&sslrootcert=%2Fnowhere").is_err());
        assert!(mode("postgresql://me@db/x?sslcert=a").is_err());
        assert_eq!(decoded("%2Fa%20b%"), "/a b%");
    }
}
