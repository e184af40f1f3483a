// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CCurl
internal import Web

/// Turns a request into the options of an easy handle.
struct CurlRequest {
    let request: HTTPRequest
    let settings: HTTPClientSettings

    init(_ request: HTTPRequest, settings: HTTPClientSettings) { (self.request, self.settings) = (request, settings) }

    func apply(to easy: CurlEasy) throws(Fault) {
        easy.set(CURLOPT_URL, request.url.description)
        easy.set(CURLOPT_PROTOCOLS_STR, "http,https")
        easy.set(CURLOPT_NOSIGNAL, 1)
        easy.set(CURLOPT_FOLLOWLOCATION, 0)
        easy.set(CURLOPT_NETRC, 0)
        easy.set(CURLOPT_CONNECTTIMEOUT_MS, Int(settings.connectTimeout / .milliseconds(1)))
        easy.set(CURLOPT_LOW_SPEED_LIMIT, 1)
        easy.set(CURLOPT_LOW_SPEED_TIME, max(1, Int(settings.idleTimeout / .seconds(1))))
        easy.set(CURLOPT_BUFFERSIZE, 256 * 1024)
        easy.set(CURLOPT_UPLOAD_BUFFERSIZE, 512 * 1024)
        easy.set(CURLOPT_USERAGENT, settings.userAgent)
        easy.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
        easy.set(CURLOPT_TCP_NODELAY, 1)
        applyMethod(to: easy)
        for (name, value) in request.headers { easy.add(header: "\(name): \(value)") }
        // Without these libcurl would wait for “100 Continue” and invent a content type.
        easy.add(header: "Expect:")
        if request.headers["Content-Type"] == nil { easy.add(header: "Content-Type:") }
        easy.applyHeaders()
        if request.url.origin.scheme == "https" { applyTLS(to: easy) }
    }

    private func applyMethod(to easy: CurlEasy) {
        switch (request.method, request.body.open != nil) {
        case (.head, _): easy.set(CURLOPT_NOBODY, 1)
        case (.get, false): easy.set(CURLOPT_HTTPGET, 1)
        case (_, true):
            easy.set(CURLOPT_UPLOAD, 1)
            if let length = request.body.length { easy.set(CURLOPT_INFILESIZE_LARGE, offset: length) }
            easy.set(CURLOPT_CUSTOMREQUEST, request.method.name)
        case (.post, false), (.put, false), (.patch, false):
            easy.set(CURLOPT_POST, 1)
            easy.set(CURLOPT_POSTFIELDSIZE_LARGE, offset: 0)
            easy.set(CURLOPT_COPYPOSTFIELDS, "")
            easy.set(CURLOPT_CUSTOMREQUEST, request.method.name)
        default: easy.set(CURLOPT_CUSTOMREQUEST, request.method.name)
        }
    }

    private func applyTLS(to easy: CurlEasy) {
        let tls = settings.tls(request.url.origin)
        easy.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if let authority = tls.certificateAuthority {
            easy.set(CURLOPT_CAINFO_BLOB, blob: authority)
        } else if let path = Environment.process["SSL_CERT_FILE"], !path.isEmpty {
            easy.set(CURLOPT_CAINFO, path)
        }
        if let certificate = tls.clientCertificatePEM { easy.set(CURLOPT_SSLCERT_BLOB, blob: certificate) }
        if let key = tls.clientKeyPEM ?? tls.clientCertificatePEM { easy.set(CURLOPT_SSLKEY_BLOB, blob: key) }
        if tls.insecureSkipVerify {
            easy.set(CURLOPT_SSL_VERIFYPEER, 0)
            easy.set(CURLOPT_SSL_VERIFYHOST, 0)
        }
    }
}
