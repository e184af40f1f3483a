// SPDX-License-Identifier: Apache-2.0

internal import Web

/// One challenge of a `WWW-Authenticate` header (RFC 9110 section 11.6.1).
struct AuthenticationChallenge: Hashable {
    /// The scheme in lower case: `basic`, `bearer`.
    let scheme: String
    /// The parameters, names in lower case.
    let parameters: [String: String]

    /// Reads all challenges of a header. What cannot be read ends the list; it never makes a wrong one.
    static func parse(_ header: String) -> [AuthenticationChallenge] {
        var rest = Substring(header)
        var challenges: [AuthenticationChallenge] = []
        var scheme: String?
        var parameters: [String: String] = [:]
        func end() {
            if let scheme {
                challenges.append(AuthenticationChallenge(scheme: scheme.lowercased(), parameters: parameters))
            }
            parameters = [:]
        }
        while true {
            rest = rest.drop { $0 == " " || $0 == "," || $0 == "\t" }
            let word = rest.prefix { HTTPToken.isValid(String($0)) }
            guard !word.isEmpty else { break }
            rest = rest.dropFirst(word.count)
            let behind = rest.drop { $0 == " " }
            if scheme != nil, behind.first == "=" {
                rest = behind.dropFirst().drop { $0 == " " }
                parameters[word.lowercased()] = value(&rest)
            } else {
                end()
                scheme = String(word)
            }
        }
        end()
        return challenges
    }

    private static func value(_ rest: inout Substring) -> String {
        guard rest.first == "\"" else {
            let word = rest.prefix { $0 != "," && $0 != " " }
            rest = rest.dropFirst(word.count)
            return String(word)
        }
        rest = rest.dropFirst()
        var text = ""
        while let character = rest.first {
            rest = rest.dropFirst()
            if character == "\"" { break }
            if character == "\\", let escaped = rest.first {
                text.append(escaped)
                rest = rest.dropFirst()
            } else {
                text.append(character)
            }
        }
        return text
    }
}
