-- An accepted invite outlives who sent it: its member may accept it again, and it still says who sent it.
ALTER TABLE "account_invites" DROP CONSTRAINT "account_invites_sender_user_id_fkey";
