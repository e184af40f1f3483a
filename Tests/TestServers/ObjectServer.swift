// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// An object store that speaks the protocol of Amazon S3 (moto, from PyPI), on a free loopback port.
///
/// It computes signatures itself and refuses wrong ones. It has one user, and the bucket `bucket` that keeps versions.
public final class ObjectServer: Sendable {
    private static let curl = ServerProgram.find("curl")
    private static let program: String? = {
        let path = Environment.process["PATH"]?.split(separator: ":").map { "\($0)/moto_server" } ?? []
        let own = FileSystem.join(FileSystem.folder(of: #filePath), "../../.build/tools/bin/moto_server")
        return (path + [own]).first(where: FileSystem.exists)
    }()
    /// Whether the programs are installed.
    public static let isInstalled = program != nil && curl != nil
    /// Why tests of it are skipped.
    public static let missing = "moto_server is not installed (scripts/setup --optional), or curl is not"
    /// The bucket.
    public static let bucket = "bucket"

    public let port: Int
    /// The user's key.
    public let keyID: String
    public let secret: String
    private let folder: TemporaryFolder
    private let server: ServerProgram

    /// Starts it, makes user and bucket, and asks for signatures from then on.
    public init() async throws {
        (port, folder) = (try ServerProgram.freePort(), try TemporaryFolder(prefix: "objects"))
        server = try ServerProgram(
            [Self.program ?? "moto_server", "-H", "127.0.0.1", "-p", "\(port)"], log: "\(folder.path)/log",
            variables: ["INITIAL_NO_AUTH_ACTION_COUNT": "1000"])
        try await server.waitUntilListening(on: port)
        let url = "http://127.0.0.1:\(port)"
        let policy = #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#
        func iam(_ action: String, _ more: [String] = []) async throws -> String {
            let data = ["Action=\(action)", "UserName=carrier", "Version=2010-05-08"] + more
            return try await Self.run(["-H", Self.claim("iam")] + data.flatMap { ["--data-urlencode", $0] } + [url])
        }
        _ = try await iam("CreateUser")
        let key = try await iam("CreateAccessKey")
        _ = try await iam("PutUserPolicy", ["PolicyName=all", "PolicyDocument=\(policy)"])
        (keyID, secret) = (Self.text("AccessKeyId", in: key), Self.text("SecretAccessKey", in: key))
        let s3 = ["-H", Self.claim("s3"), "-X", "PUT"]
        _ = try await Self.run(s3 + ["\(url)/\(Self.bucket)"])
        let versions = """
            <VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>Enabled</Status>\
            </VersioningConfiguration>
            """
        let xml = ["-H", "Content-Type: application/xml", "--data-binary", versions]
        _ = try await Self.run(s3 + xml + ["\(url)/\(Self.bucket)?versioning"])
        _ = try await Self.run(["-H", "Content-Type: text/plain", "--data-binary", "0", "\(url)/moto-api/reset-auth"])
    }

    /// `http://host:port`.
    public var url: String { "http://127.0.0.1:\(port)" }

    /// What tells the server which of its services is meant, while it does not look at signatures.
    private static func claim(_ service: String) -> String {
        "Authorization: AWS4-HMAC-SHA256 Credential=x/20200101/us-east-1/\(service)/aws4_request, SignedHeaders=host, "
            + "Signature=x"
    }

    private static func run(_ arguments: [String]) async throws -> String {
        let result = try await ChildProcess.run([curl ?? "curl", "-sS", "--fail-with-body"] + arguments)
        let text = String(decoding: result.stdout + result.stderr, as: UTF8.self)
        guard result.status == 0 else { throw Fault(.internal, "the object server: \(text)") }
        return text
    }

    private static func text(_ element: String, in document: String) -> String {
        guard let start = document.firstRange(of: "<\(element)>")?.upperBound,
            let end = document[start...].firstRange(of: "</\(element)>")?.lowerBound
        else { return "" }
        return String(document[start..<end])
    }
}
