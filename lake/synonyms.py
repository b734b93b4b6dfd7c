"""How exports call things: the words from which a suggested map translates."""

from events.money import EXPONENTS

CHANNELS: dict[str, str] = {
    "web": "ecommerce", "online": "ecommerce", "app": "ecommerce", "mobile": "ecommerce", "internet": "ecommerce",
    "ecom": "ecommerce", "ecommerce": "ecommerce", "e-commerce": "ecommerce", "website": "ecommerce",
    "cnp": "ecommerce",
    "pos": "card_present", "chip": "card_present", "swipe": "card_present", "contactless": "card_present",
    "in_store": "card_present", "instore": "card_present", "store": "card_present", "nfc": "card_present",
    "card_present": "card_present", "atm": "card_present", "terminal": "card_present", "emv": "card_present",
    "moto": "moto", "phone": "moto", "mail": "moto", "call_center": "moto", "telephone": "moto",
    "recurring": "recurring", "subscription": "recurring", "mandate": "recurring", "installment": "recurring",
    "transfer": "transfer", "wire": "transfer", "bank": "transfer", "upi": "transfer", "ach": "transfer",
    "netbanking": "transfer", "sepa": "transfer", "imps": "transfer", "neft": "transfer", "wallet": "transfer",
    "unknown": "unknown",
}  # fmt: skip
KINDS: dict[str, str] = {
    "authorisation": "authorisation", "authorization": "authorisation", "auth": "authorisation",
    "sale": "authorisation", "purchase": "authorisation", "payment": "authorisation", "charge": "authorisation",
    "debit": "authorisation",
    "capture": "capture", "settlement": "capture", "settle": "capture", "clearing": "capture",
    "refund": "refund", "return": "refund", "credit": "refund",
    "reversal": "reversal", "void": "reversal", "cancel": "reversal", "cancellation": "reversal",
}  # fmt: skip
CURRENCIES = frozenset(code.lower() for code in EXPONENTS)
YES_NO = frozenset({
    "0", "1", "0.0", "1.0", "true", "false", "t", "f", "yes", "no", "y", "n", "fraud", "fraudulent", "legit",
    "legitimate", "genuine", "normal", "ok", "not fraud", "non-fraud", "chargeback", "none", "confirmed",
})  # fmt: skip
