// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Cryptography
internal import Documents
internal import Repositories
internal import Transfer

extension Configuration {
    /// What a transfer does unless options say otherwise: `transfer.config.ocm.software` of the newer tools and
    /// `transport.ocm.config.ocm.software` of the older ones, later entries last.
    func transferDefaults() throws(Fault) -> TransferOptions {
        var options = TransferOptions()
        for entry in entries("transport.ocm.config.ocm.software") {
            func isSet(_ name: String) -> Bool { entry.json[name]?.bool == true }
            if isSet("recursive") { options.isRecursive = true }
            if isSet("localResourcesByValue") { options.copyResources = .local }
            if isSet("resourcesByValue") { options.copyResources = .all }
            if isSet("sourcesByValue") { options.copiesSources = true }
            if isSet("overwrite") { options.existing = .replace }
            if isSet("stopOnExistingVersion") { options.stopsOnExisting = true }
            let omitted = entry.json["omitAccessTypes"]?.array ?? []
            options.omittedAccessTypes.formUnion(omitted.compactMap(\.string))
        }
        for entry in entries("transfer.config.ocm.software") {
            if let depth = entry.json["recursive"]?.int {
                guard depth == 0 || depth == -1 else {
                    throw Fault(
                        .invalid, "\(entry.source): “recursive” is \(depth)", fix: "write 0, or -1 for all levels")
                }
                options.isRecursive = depth == -1
            }
            switch entry.json["copyMode"]?.string {
            case nil: break
            case "localBlob"?: options.copyResources = .localBlobs
            case "allResources"?: options.copyResources = .all
            case let other?:
                throw Fault(
                    .invalid, "\(entry.source): “\(other)” is no copyMode", fix: "write localBlob or allResources")
            }
            if let text = entry.json["uploadType"]?.string {
                guard let upload = TransferOptions.UploadAs(rawValue: text) else {
                    throw Fault(
                        .invalid, "\(entry.source): “\(text)” is no uploadType", fix: "write localBlob or ociArtifact")
                }
                options.uploadAs = upload
            }
        }
        return options
    }

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
