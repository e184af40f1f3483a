// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Cryptography
internal import Documents
internal import Repositories

extension Configuration {
    /// Algorithm and encoding of signatures unless options say otherwise: `signing.config.ocm.software`.
    func signingDefaults(for signature: String) throws(Fault) -> (
        scheme: SignatureScheme?, encoding: SignatureEncoding?
    ) {
        var (scheme, encoding): (SignatureScheme?, SignatureEncoding?) = (nil, nil)
        for entry in entries("signing.config.ocm.software") {
            if let name = entry.json["signature"]?.string, name != signature { continue }
            guard let signer = entry.json["signer"] else { continue }
            let type = signer["type"]?.string ?? ""
            guard type.hasPrefix("RSASigningConfiguration") else {
                throw Fault(
                    .unsupported, "\(entry.source) configures the signer “\(type)”, which is unknown here",
                    fix: "use RSASigningConfiguration/v1alpha1, or name the key with --private-key")
            }
            if let text = signer["signatureAlgorithm"]?.string {
                guard let found = SignatureScheme(rawValue: text) else {
                    throw Fault(
                        .unsupported, "\(entry.source): “\(text)” is no signature algorithm known here",
                        fix: "known are \(SignatureScheme.allCases.map(\.rawValue).joined(separator: ", "))")
                }
                scheme = found
            }
            if let text = signer["signatureEncodingPolicy"]?.string {
                guard ["plain", "pem"].contains(text.lowercased()) else {
                    throw Fault(
                        .invalid, "\(entry.source): “\(text)” is no signatureEncodingPolicy", fix: "write Plain or PEM")
                }
                encoding = text.lowercased() == "pem" ? .pem : .plain
            }
        }
        return (scheme, encoding)
    }
}
