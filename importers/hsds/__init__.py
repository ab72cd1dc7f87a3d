"""Open Referral HSDS 3: organizations and services as other directories publish them."""
