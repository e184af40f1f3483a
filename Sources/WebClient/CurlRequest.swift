// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CCurl
internal import Web

/// Turns a request into the options of an easy handle.
struct CurlRequest {
    let request: HTTPRequest
    let settings: HTTPClientSettings

    /// The largest body that libcurl gets as a copy instead of a stream.
    static let copiedBodyLimit = 1024 * 1024
    /// How much of a body comes in or goes out at once: in chunks of libcurl's 64 KiB servers spend more on it.
    private static let piece = 512 * 1024
    /// Room for the length and the line ends of a chunk, so that no scrap of a piece is left for a chunk of its own.
    private static let chunkFrame = 64
    /// The least that libcurl takes for the same (CURLOPT_UPLOAD_BUFFERSIZE).
    private static let smallestPiece = 16 * 1024
    /// Fields that follow from the body and the connection; two of them would contradict each other.
    private static let ownFields = ["Content-Length", "Transfer-Encoding", "Expect", "Connection"]

    func apply(to easy: CurlEasy) throws(Fault) {
        applyURL(to: easy)
        easy.set(CURLOPT_PROTOCOLS_STR, "http,https")
        easy.set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
        // What is signed or named by digest must arrive as it was written.
        easy.set(CURLOPT_PATH_AS_IS, 1)
        easy.set(CURLOPT_NOSIGNAL, 1)
        easy.set(CURLOPT_FOLLOWLOCATION, 0)
        easy.set(CURLOPT_NETRC, 0)
        easy.set(CURLOPT_CONNECTTIMEOUT_MS, max(1, Int(settings.connectTimeout / .milliseconds(1))))
        // A connection on which nothing is said for long, as that of a watch, is found dead within minutes.
        easy.set(CURLOPT_TCP_KEEPALIVE, 1)
        easy.set(CURLOPT_TCP_KEEPIDLE, 30)
        easy.set(CURLOPT_TCP_KEEPINTVL, 15)
        // Only bodies of answers to GET are large.
        easy.set(CURLOPT_BUFFERSIZE, request.method == .get ? Self.piece : Self.smallestPiece)
        easy.set(CURLOPT_USERAGENT, settings.userAgent)
        easy.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
        // A proxy's answer to CONNECT is not the server's.
        easy.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        applyProxy(to: easy)
        try applyMethod(to: easy)
        try applyHeaders(to: easy)
        if request.url.scheme == "https" { applyTLS(to: easy) }
    }

    /// The name for the handshake, when there is one.
    private var serverName: String? {
        request.url.scheme == "https" ? settings.tls(request.url.origin).serverName : nil
    }

    /// libcurl takes the name for the handshake and its checks from the URL, and where to connect from elsewhere.
    private func applyURL(to easy: CurlEasy) {
        let (url, origin) = (request.url, request.url.origin)
        guard let name = serverName else { return easy.set(CURLOPT_URL, url.description) }
        let bracketed = name.contains(":") ? "[\(name)]" : name
        let query = url.query.map { "?\($0)" } ?? ""
        easy.set(CURLOPT_URL, "https://\(bracketed):\(origin.port)\(url.path)\(query)")
        easy.connect(by: "\(bracketed):\(origin.port):\(origin.hostAndPort)")
        if request.headers["Host"] == nil {
            easy.add(header: "Host: \(url.port == nil ? String(origin.hostAndPort.dropLast(4)) : origin.hostAndPort)")
        }
    }

    private func applyProxy(to easy: CurlEasy) {
        switch settings.proxy(request.url.origin) {
        // This machine is reached without the proxy of the environment.
        case .environment: if request.url.origin.isLoopback { easy.set(CURLOPT_PROXY, "") }
        case .none: easy.set(CURLOPT_PROXY, "")
        case .server(let proxy):
            easy.set(CURLOPT_PROXY, proxy.url)
            // What was named goes for every host.
            easy.set(CURLOPT_NOPROXY, "")
        }
    }

    private func applyMethod(to easy: CurlEasy) throws(Fault) {
        guard HTTPToken.isValid(request.method.name) else {
            throw Fault(.invalid, "a request to \(request.url.redacted) has a method that is no word", fix: "use GET")
        }
        if request.method == .head {
            guard request.body.isEmpty else {
                throw Fault(.invalid, "HEAD \(request.url.redacted) has a body", fix: "leave it out")
            }
            return easy.set(CURLOPT_NOBODY, 1)
        }
        if request.body.isStreamed {
            easy.set(CURLOPT_UPLOAD, 1)
            easy.set(CURLOPT_UPLOAD_BUFFERSIZE, Self.piece(for: request.body.length))
            if let length = request.body.length { easy.set(CURLOPT_INFILESIZE_LARGE, offset: length) }
        } else if case .bytes(let bytes) = request.body {
            easy.set(CURLOPT_POST, 1)
            easy.set(CURLOPT_UPLOAD_BUFFERSIZE, Self.piece(for: Int64(bytes.count)))
            easy.setBody(bytes)
        } else if [.post, .put, .patch].contains(request.method) {
            // These say “Content-Length: 0”: servers ask for a length (RFC 9110 section 8.6).
            easy.set(CURLOPT_POST, 1)
            easy.setBody([])
        } else {
            easy.set(CURLOPT_HTTPGET, 1)
        }
        easy.set(CURLOPT_CUSTOMREQUEST, request.method.name)
    }

    /// The piece in which a body of this length, if it is known, goes out.
    private static func piece(for length: Int64?) -> Int {
        length.map { Int(min(max($0, Int64(smallestPiece)), Int64(piece))) } ?? piece + chunkFrame
    }

    private func applyHeaders(to easy: CurlEasy) throws(Fault) {
        for (name, value) in request.headers
        where !Self.ownFields.contains(where: { $0.lowercased() == name.lowercased() }) {
            guard HTTPToken.isValid(name) else {
                throw Fault(.invalid, "a header field for \(request.url.redacted) has a name that is no word")
            }
            // “Name:” without a value would tell libcurl to leave the field out.
            easy.add(header: value.isEmpty ? "\(name);" : "\(name): \(value)")
        }
        // Without these libcurl would wait for “100 Continue” and invent a content type.
        easy.add(header: "Expect:")
        if request.headers["Content-Type"] == nil { easy.add(header: "Content-Type:") }
        if request.headers["Accept"] == nil { easy.add(header: "Accept: */*") }
        easy.applyHeaders()
    }

    private func applyTLS(to easy: CurlEasy) {
        let tls = settings.tls(request.url.origin)
        easy.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        // libcurl's built-in folder would be trusted beside the authorities named here.
        easy.set(CURLOPT_CAPATH, nil as String?)
        if let authority = tls.certificateAuthority {
            easy.set(CURLOPT_CAINFO_BLOB, blob: authority)
        } else if let path = SystemTrust.bundle {
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

/// Where this system keeps the authorities it trusts.
enum SystemTrust {
    /// `$SSL_CERT_FILE`, else the bundle of the distribution; nil leaves it to libcurl.
    static let bundle: String? = {
        if let path = Environment.process["SSL_CERT_FILE"], !path.isEmpty { return path }
        let known = [
            "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
            "/etc/ssl/cert.pem",
        ]
        return known.first(where: FileSystem.exists)
    }()
}

extension HTTPRequestBody {
    /// Whether it is pulled from a stream while it is sent; a small one is handed over at once.
    var isStreamed: Bool {
        switch self {
        case .none: false
        case .bytes(let bytes): bytes.count > CurlRequest.copiedBodyLimit
        case .stream: !isEmpty
        case .source: true
        }
    }

    /// How many bytes it has; nil when that is not known.
    var length: Int64? {
        switch self {
        case .none: 0
        case .bytes(let bytes): Int64(bytes.count)
        case .stream(let length, _): length
        case .source: nil
        }
    }
}
