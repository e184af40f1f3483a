// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Telemetry
internal import WebServer

/// Reads the certificate's files again when they change, and shows new connections what they hold then.
struct CertificateWatch: Sendable {
    private let certificate: RegistryConfiguration.Certificate?
    private static let interval = Duration.seconds(5)

    init(_ certificate: RegistryConfiguration.Certificate?) { self.certificate = certificate }

    /// Looks at the files now and then until it is cancelled. Files that do not fit, as between two of them being
    /// replaced, leave the certificate as it is, and are looked at again.
    func start(_ server: HTTPServer, _ log: Log) -> Task<Void, Never> {
        guard let certificate else { return Task {} }
        let first = Self.marks(certificate)
        return Task { [weak server] in
            var (served, complained) = (first, first)
            while (try? await Task.sleep(for: Self.interval)) != nil {
                let now = Self.marks(certificate)
                guard now != served, let server else { continue }
                do {
                    try server.replaceCertificate(try certificate.load())
                    served = now
                    log.info("the certificate was replaced", ["file": .string(certificate.certificate)])
                } catch {
                    if now != complained { log.error("the certificate cannot be replaced", error) }
                    complained = now
                }
            }
        }
    }

    private static func marks(_ certificate: RegistryConfiguration.Certificate) -> [FileMark?] {
        certificate.paths.map { FileMark($0) }
    }
}
